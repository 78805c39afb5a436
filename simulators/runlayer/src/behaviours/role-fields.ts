import type { Form, Row } from '../form/form.ts';
import type { Role } from '../roles.ts';
import { without } from '../without.ts';
import { accepted, refused, type Kind } from './behaviour.ts';

const edited = (name: string, says: string, edit: (row: Row, role: Role) => Row): Kind =>
  accepted('roles', name, says, (form) => {
    form.roleEdits.push(edit);
  });

const identified = (name: string, says: string, roleId: Form['roleId']): Kind =>
  accepted('roles', `role-id-${name}`, says, (form) => {
    form.roleId = roleId;
  });

/** The label stands under one key alone. */
const labelled = (key: string): Kind =>
  edited(`role-label-${key.replaceAll('_', '-')}`, `The label of a role is \`${key}\` alone.`, (row, role) => {
    return { ...without(row, 'name', 'display_name'), [key]: role.name };
  });

const objects = (role: Role): unknown => role.capabilities.map((name) => ({ name, description: `May ${name}.` }));

/** A short number for an id: the same for a role at each start. */
const numberOf = (id: string): number => Number.parseInt(id.slice(0, 8), 16);

/** What a role is made of. */
export const roleFields: readonly Kind[] = [
  identified('role-id', 'The id of a role is `role_id`.', { key: 'role_id', of: (role) => role.id }),
  identified('slug', 'A role has no id but its `slug`.', { key: 'slug', of: (role) => role.slug }),
  identified('key', 'A role has no id but its `key`.', { key: 'key', of: (role) => role.slug }),
  identified('name', 'A role has no id but its `name`.', { key: 'name', of: (role) => role.name }),
  identified('number', 'The id of a role is a number.', { key: 'id', of: (role) => numberOf(role.id) }),
  labelled('display_name'),
  labelled('label'),
  labelled('name'),
  labelled('title'),
  edited('role-description-missing', 'Roles have no description.', (row) => without(row, 'description')),
  edited('role-capabilities-missing', 'Roles have no capabilities.', (row) => without(row, 'capabilities')),
  edited('role-capabilities-objects', 'Capabilities are objects with a name.', (row, role) => ({
    ...row,
    capabilities: objects(role),
  })),
  edited('role-permissions', 'Capabilities are `permissions`.', (row, role) => ({
    ...without(row, 'capabilities'),
    permissions: role.capabilities,
  })),
  edited('role-permissions-objects', 'Capabilities are `permissions`, objects with a name.', (row, role) => ({
    ...without(row, 'capabilities'),
    permissions: objects(role),
  })),
  edited('role-scope-missing', 'Roles have neither scope nor is_system.', (row) => without(row, 'scope', 'is_system')),
  refused('roles', 'role-without-id', 'The second role has neither id nor slug, key or name.', (form) => {
    form.roleEdits.push((row, role) => (role.slug === 'security_admin' ? { description: row['description'] } : row));
  }),
  refused('roles', 'role-id-twice', 'Two roles have the same id.', (form) => {
    const { key, of } = form.roleId;
    const twin = { id: '', slug: 'security_admin', name: 'Security Admin' };
    form.roleEdits.push((row, role) => {
      if (role.slug === 'security_admin') twin.id = role.id;
      return role.slug === 'it_admin' && twin.id !== '' ? { ...row, [key]: of(twin) } : row;
    });
  }),
];
