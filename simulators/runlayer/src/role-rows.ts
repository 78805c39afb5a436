import type { Row } from './form/form.ts';
import type { Role } from './roles.ts';

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
