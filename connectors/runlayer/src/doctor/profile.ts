import type { Discovery } from '../connect/discovery.ts';

/** The flags with which a sync of this tenant works, those that were given and those that were found; no secrets. */
export function profileOf({ api, settings, users, roles, ways }: Discovery): string[] {
  const flags: string[] = [];
  const add = (flag: string, value: string | undefined): void => {
    if (value !== undefined) flags.push(`--${flag}`, value);
  };
  if (settings.authStyle !== 'header' && api.style === 'bearer') add('auth-style', 'bearer');
  add('users-path', settings.paths.users ?? (users.path === '/users' ? undefined : users.path));
  const rolesPath = roles === 'catalogue' ? undefined : roles.path;
  add('roles-path', settings.paths.roles ?? (rolesPath === '/roles' ? undefined : rolesPath));
  add('assignments-path', settings.paths.assignments);
  const [way] = ways;
  add('plan', settings.plan ?? (settings.exceptions.value('disagreement') === undefined ? undefined : way?.plan));
  add('role-id', settings.roleId);
  if (settings.pageSize !== undefined) add('page-size', String(settings.pageSize));
  if (settings.allowSingleUser) flags.push('--allow-single-user');
  for (const { name } of settings.exceptions.used()) add('accept', name);
  return flags;
}
