import type { Person } from './people.ts';
import type { Role } from './roles.ts';
import type { Simulation } from './simulation.ts';

/** A user as the API shows it. */
export function userRow(
  { tenant, settings }: Pick<Simulation, 'tenant' | 'settings'>,
  person: Person,
): Record<string, unknown> {
  const row: Record<string, unknown> = {
    id: person.id,
    email: person.email,
    name: person.name,
    is_active: person.isActive,
    type: person.type,
    created_at: person.createdAt,
    updated_at: person.updatedAt,
    last_login_at: person.lastLoginAt,
  };
  if (settings.assignments === 'embedded') row['roles'] = tenant.rolesOf(person).map(assignmentRow);
  return row;
}

/** One role of one user. */
export const assignmentRow = (role: Role): unknown => ({
  id: role.id,
  slug: role.slug,
  name: role.name,
  source: 'direct',
});

/** A role as the API shows it. */
export const roleRow = (role: Role): unknown => ({
  id: role.id,
  slug: role.slug,
  name: role.name,
  display_name: role.name,
  description: role.description,
  capabilities: role.capabilities,
  is_system: role.isSystem,
  scope: 'platform',
});
