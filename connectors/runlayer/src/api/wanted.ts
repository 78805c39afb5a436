import type { Wanted } from './runlayer-api.ts';

/** Lists and items, in the words of messages. */
export const wantUsers = (path: string): Wanted => ({ path, what: 'users', where: 'The list of users' });
/** Members of an organisation are users, and single users are where `/users/me` is. */
export const wantUser = (usersPath: string): Wanted & { noun: 'user' } => ({
  path: /\/users\/?$/.test(usersPath) ? `${usersPath.replace(/\/$/, '')}/{id}` : '/users/{id}',
  what: 'single users',
  where: 'The answer about a user',
  isOfMember: true,
  noun: 'user',
});
export const wantRoles = (path: string): Wanted => ({ path, what: 'roles', where: 'The list of roles' });
export const wantRole = (rolesPath: string): Wanted & { noun: 'role' } => ({
  path: `${rolesPath.replace(/\/$/, '')}/{id}`,
  what: 'single roles',
  where: 'The answer about a role',
  isOfMember: true,
  noun: 'role',
});
export const wantRolesOf = (path: string): Wanted => ({
  path,
  what: 'the roles of users',
  where: "A user's list of roles",
  isOfMember: true,
  isRolesOfUser: true,
});
export const wantHolders = (path: string): Wanted => ({
  path,
  what: 'the users of roles',
  where: "A role's list of users",
  isOfMember: true,
});
export const wantAssignments = (path: string): Wanted => ({
  path,
  what: 'role assignments',
  where: 'The list of assignments',
});
