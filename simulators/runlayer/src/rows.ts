import { itemsOf } from './assignments.ts';
import type { Formed, Row } from './form/form.ts';
import type { Person } from './people.ts';

/** A user as a plain API shows them. */
export function userRow(formed: Formed, person: Person): Row {
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
  if (formed.form.embedded) row['roles'] = itemsOf(formed, person);
  return row;
}
