import type { Person } from './people.ts';
import type { Simulation } from './simulation.ts';

type Seen = Pick<Simulation, 'tenant' | 'form'>;

/** How many users the list has: all, but for an owner whom the form hides. The founder stands last, so that hiding them moves nobody. */
export function visibleCount({ tenant, form }: Seen): number {
  return tenant.count - (form.isOwnerHidden && tenant.person(0) ? 1 : 0);
}

/** Everybody whom the list has: the truth that a reader can see. */
export function* visible(seen: Seen): Generator<Person> {
  for (const person of seen.tenant.everybody()) if (!seen.form.isOwnerHidden || person.index !== 0) yield person;
}
