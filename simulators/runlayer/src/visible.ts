import type { Person } from './people.ts';
import type { Role } from './roles.ts';
import type { Formed } from './form/form.ts';

/** How many users the list has: all, but for an owner whom the form hides. The founder stands last, so that hiding them moves nobody. */
export function visibleCount({ tenant, form }: Formed): number {
  return tenant.count - (form.isOwnerHidden && tenant.person(0) ? 1 : 0);
}

/** Everybody whom the list has: the truth that a reader can see. */
export function* visible(formed: Formed): Generator<Person> {
  for (const person of formed.tenant.everybody()) if (!formed.form.isOwnerHidden || person.index !== 0) yield person;
}

/** The roles that the list of roles has, each with its scope: the tenant's own, and what the form puts beside them. */
export function listedRoles({ tenant, form }: Formed): { role: Role; scope: string }[] {
  return [...tenant.roles.map((role) => ({ role, scope: 'platform' })), ...form.alsoRoles];
}
