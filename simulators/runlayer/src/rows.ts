import { itemsOf } from './assignments.ts';
import type { Row } from './form/form.ts';
import type { Person } from './people.ts';
import type { Role } from './roles.ts';
import type { Simulation } from './simulation.ts';

/** A user as a plain API shows them. */
export function userRow(simulation: Pick<Simulation, 'tenant' | 'form'>, person: Person): Row {
  const row: Row = {
    id: person.id,
    email: person.email,
    name: person.name,
    is_active: person.isActive,
    type: person.type,
    created_at: person.createdAt,
    updated_at: person.updatedAt,
    last_login_at: person.lastLoginAt,
  };
  if (simulation.form.embedded) row['roles'] = itemsOf(simulation, person);
  return row;
}

/** One role of one user. */
export const assignmentRow = (role: Role): Row => ({
  id: role.id,
  slug: role.slug,
  name: role.name,
  source: 'direct',
});

/** A role as a plain API shows it. */
export const roleRow = (role: Role): Row => ({
  id: role.id,
  slug: role.slug,
  name: role.name,
  display_name: role.name,
  description: role.description,
  capabilities: role.capabilities,
  is_system: role.isSystem,
  scope: 'platform',
});
