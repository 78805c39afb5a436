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

/** An index over all assignments, for endpoints that do not run along the users. Five bytes each, and four more by role. */
export class AssignmentIndex {
  readonly all: Uint32Array;
  /** The number in `#numbers` of the role of each entry. */
  readonly #roles: Uint8Array;
  readonly #numbers = new Map<string, number>();
  readonly #byRole = new Map<string, Uint32Array>();
  readonly #formed: Formed;

  constructor(formed: Formed) {
    this.#formed = formed;
    let all = new Uint32Array(Math.max(16, formed.tenant.count * 2));
    let roles = new Uint8Array(all.length);
    let used = 0;
    for (const person of formed.tenant.everybody()) {
      for (const [slot, item] of itemsOf(formed, person).slice(0, slots).entries()) {
        if (used === all.length) {
          [all, roles] = [grown(all, new Uint32Array(used * 2)), grown(roles, new Uint8Array(used * 2))];
        }
        const role = String(item['id']);
        const number = this.#numbers.get(role) ?? this.#numbers.size;
        this.#numbers.set(role, number);
        roles[used] = number;
        all[used++] = person.index * slots + slot;
      }
    }
    this.all = all.subarray(0, used);
    this.#roles = roles.subarray(0, used);
  }

  ofRole(id: string): Uint32Array {
    const known = this.#byRole.get(id);
    if (known) return known;
    const number = this.#numbers.get(id);
    const entries = number === undefined ? new Uint32Array() : this.all.filter((_, n) => this.#roles[n] === number);
    this.#byRole.set(id, entries);
    return entries;
  }

  /** The person and the assignment at an entry. */
  read(entry: number): { person: Person; item: Row } {
    const person = this.#formed.tenant.person(Math.floor(entry / slots))!;
    return { person, item: itemsOf(this.#formed, person)[entry % slots]! };
  }
}

function grown<T extends Uint32Array | Uint8Array>(from: T, into: T): T {
  into.set(from);
  return into;
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
