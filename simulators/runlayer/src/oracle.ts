import { heldBy } from './assignments.ts';
import type { Formed } from './form/form.ts';
import type { Person } from './people.ts';
import type { Role } from './roles.ts';
import { Tenant, type Change } from './tenant.ts';
import { visible } from './visible.ts';

export interface Pair {
  readonly userId: string;
  readonly roleId: string;
}

/** The ids as the API shows them, in whatever form it has. */
export const userIdOf = ({ tenant, form }: Formed, person: Pick<Person, 'id' | 'index'>): string =>
  String(form.userIds.of(person, tenant));

export const roleIdOf = ({ form }: Formed, role: Role): string => String(form.roleId.of(role));

/** The truth: every (user, role) pair. */
export function* pairsOf(known: Formed): Generator<Pair> {
  for (const person of visible(known)) {
    const userId = userIdOf(known, person);
    for (const role of heldBy(known, person)) yield { userId, roleId: roleIdOf(known, role) };
  }
}

/** The truth: every account. */
export function* accountsOf(known: Formed): Generator {
  for (const person of visible(known)) {
    const { email, name, isActive, type } = person;
    yield { id: userIdOf(known, person), email, name, active: isActive, type };
  }
}

/** A change as the admin API tells it: `ms` is its time in milliseconds since 1970. */
export function toldChange(known: Formed, change: Change): unknown {
  const told = { ...change, ms: Date.parse(change.at), request: change.request ?? 0 };
  if (!('userId' in change)) return told;
  const index = known.tenant.indexOf(change.userId);
  return index === undefined ? told : { ...told, userId: userIdOf(known, { id: change.userId, index }) };
}

/** How many of the changes had happened by a millisecond, those of that very millisecond included. */
export function changesBy({ tenant }: Pick<Formed, 'tenant'>, ms: number): number {
  let [low, high] = [0, tenant.changes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Date.parse(tenant.changes[middle]!.at) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The states that the tenant was in at some instant of an interval, by the number of the change that made them (0: the
 * first day). All between `first` and `last`, both included.
 */
export function statesBetween(known: Pick<Formed, 'tenant'>, from: number, to: number): [number, number] {
  return [changesBy(known, from - 1), changesBy(known, to)];
}

const replicas = new WeakMap<Tenant, Tenant>();

/** The tenant as it was after change `n`, made again from the seed and the log. Going forward costs only the changes. */
export function stateAfter({ tenant, form }: Formed, n: number): Formed {
  if (n >= tenant.changes.length) return { tenant, form };
  let replica = replicas.get(tenant);
  if (replica === undefined || replica.changes.length > n) replica = new Tenant(tenant.settings, () => new Date(0));
  replica.replay(tenant.changes.slice(replica.changes.length, n));
  replicas.set(tenant, replica);
  return { tenant: replica, form };
}
