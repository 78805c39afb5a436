import type { Formed, RoleLike, Row } from './form.ts';

/** A user as this tenant's API shows them, from the row as a plain one does. */
export function presentUser(formed: Formed, row: Row): Row {
  const { form, tenant } = formed;
  const { id, roles, ...rest } = row;
  const person = typeof id === 'string' ? tenant.byId(id) : undefined;
  let out: Row = rest;
  if ('id' in row) out = { [form.userIds.key]: person ? form.userIds.of(person, tenant) : id, ...rest };
  for (const edit of form.userEdits) out = edit(out, person);
  if (form.embedded && 'roles' in row) {
    const items = Array.isArray(roles) ? roles.map((item) => presentItem(formed, item as Row)) : roles;
    const isNone = form.isNullWhenNone && Array.isArray(items) && items.length === 0;
    out[form.embedded.key] =
      form.embedded.as === 'one' ? (Array.isArray(items) ? (items[0] ?? null) : items) : isNone ? null : items;
  }
  if (form.alsoEmbedded) out[form.alsoEmbedded] = [];
  return out;
}

/** One assignment of a user. */
export function presentItem({ form, tenant }: Formed, item: Row): unknown {
  const { id, slug, name, ...rest } = item;
  return form.item.of({ id, slug, name } as RoleLike, rest, form, tenant);
}
