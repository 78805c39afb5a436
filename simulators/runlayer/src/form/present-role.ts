import type { Role } from '../roles.ts';
import { without } from '../without.ts';
import type { Form, Row } from './form.ts';

/** A role as this tenant's API shows it, from the row as a plain one does. */
export function presentRole(row: Row, role: Role, form: Form): Row {
  const { key, of } = form.roleId;
  const rest = without(row, 'id');
  if (key === 'key' || key === 'name') delete rest['slug'];
  if (key === 'name') delete rest['display_name'];
  let out: Row = 'id' in row ? { [key]: of(role), ...rest } : rest;
  for (const edit of form.roleEdits) out = edit(out, role);
  return out;
}
