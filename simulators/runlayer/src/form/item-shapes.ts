import { roleRow } from '../role-rows.ts';
import type { Tenant } from '../tenant.ts';
import type { Form, ItemShape, RoleLike, Row } from './form.ts';
import { presentRole } from './present-role.ts';

/** The fields that name a role. A tenant without ids has none here either. */
export function referenceTo(role: RoleLike, form: Form): Row {
  const { key } = form.roleId;
  const id = form.roleId.of(role);
  if (key === 'name') return { name: role.name };
  if (key === 'key') return { key: id, name: role.name };
  return key === 'slug' ? { slug: role.slug, name: role.name } : { [key]: id, slug: role.slug, name: role.name };
}

const text = (of: (role: RoleLike, form: Form) => unknown): ItemShape => ({
  isText: true,
  of: (role, _, form) => of(role, form),
});

const object = (of: (role: RoleLike, form: Form, tenant: Tenant) => Row): ItemShape => ({
  isText: false,
  of: (role, rest, form, tenant) => ({ ...of(role, form, tenant), ...rest }),
});

export const plainItem = object(referenceTo);
export const byId = text((role, form) => form.roleId.of(role));
export const bySlug = text((role) => role.slug);
export const byFoldedSlug = text((role) =>
  role.slug
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('-'),
);
export const byLabel = text((role) => role.name);
export const nested = object((role, form) => ({ role: referenceTo(role, form) }));
export const idAndName = object((role, form) => ({ role_id: form.roleId.of(role), role_name: role.name }));
export const wholeRole = object((like, form, tenant) => {
  const role = tenant.roles.find((role) => role.id === like.id);
  return role ? presentRole(roleRow(role), role, form) : referenceTo(like, form);
});
