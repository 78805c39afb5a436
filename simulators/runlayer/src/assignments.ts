import type { Formed, Row } from './form/form.ts';
import type { Person } from './people.ts';
import type { Role } from './roles.ts';
import { assignmentRow } from './role-rows.ts';

/** The platform roles that a person holds: the truth, in the form in force. */
export function heldBy({ tenant, form }: Formed, person: Person): Role[] {
  if (form.hasRoleless && person.index % 13 === 6 && !tenant.ownsKey(person)) return [];
  const roles = tenant.rolesOf(person);
  if (!form.isSingle) return roles;
  const one = roles[0] ?? (form.isSingle === 'always' ? tenant.role('user') : undefined);
  return one ? [one] : [];
}

/** The assignments of a person as the API has them: the truth, and what stands beside it. */
export function itemsOf(formed: Formed, person: Person): Row[] {
  const { form, tenant } = formed;
  let items: Row[] = heldBy(formed, person).map(assignmentRow);
  for (const extra of form.extras) items = extra(items, person, tenant);
  return items;
}

const slots = 16;

/** An index over all assignments, for endpoints that do not run along the users. Four bytes each. */
export class AssignmentIndex {
  readonly all: Uint32Array;
  readonly #byRole = new Map<string, number[]>();
  readonly #formed: Formed;

  constructor(formed: Formed) {
    this.#formed = formed;
    const all: number[] = [];
    for (const person of formed.tenant.everybody()) {
      for (const [slot, item] of itemsOf(formed, person).slice(0, slots).entries()) {
        const at = person.index * slots + slot;
        all.push(at);
        const role = String(item['id']);
        const sofar = this.#byRole.get(role);
        if (sofar) sofar.push(at);
        else this.#byRole.set(role, [at]);
      }
    }
    this.all = Uint32Array.from(all);
  }

  ofRole(id: string): readonly number[] {
    return this.#byRole.get(id) ?? [];
  }

  /** The person and the assignment at an entry. */
  read(entry: number): { person: Person; item: Row } {
    const person = this.#formed.tenant.person(Math.floor(entry / slots))!;
    return { person, item: itemsOf(this.#formed, person)[entry % slots]! };
  }
}

const indexes = new WeakMap<object, { form: unknown; changes: number; index: AssignmentIndex }>();

/** The index of the tenant as it is now; made again only after a change. */
export function assignmentIndexOf(formed: Formed): AssignmentIndex {
  const { tenant, form } = formed;
  const known = indexes.get(tenant);
  if (known?.form === form && known.changes === tenant.changes.length) return known.index;
  const index = new AssignmentIndex(formed);
  indexes.set(tenant, { form, changes: tenant.changes.length, index });
  return index;
}
