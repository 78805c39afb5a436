import { accepted, refused, type Kind } from './behaviour.ts';

const rolesAt = (name: string, path: string): Kind =>
  accepted('paths', `roles-path-${name}`, `The list of roles is at ${path}.`, (form) => {
    form.roles = path;
  });

/** Where the lists are. */
export const paths: readonly Kind[] = [
  accepted('paths', 'users-path-slash', 'The list of users is at /users/; /users answers 307 to it.', (form) => {
    form.users = '/users/';
  }),
  accepted(
    'paths',
    'users-path-organization-members',
    'The list of users is at /organization/members.',
    (form) => {
      form.users = '/organization/members';
    },
    { needs: 'the path /organization/members' },
  ),
  accepted(
    'paths',
    'users-path-organizations-id-members',
    'The list of users is at /organizations/{id}/members; users/me has the id as organization_id.',
    (form) => {
      form.organisationId = '5f0c8a4e-6f7b-4c1d-9a53-2f1f5d0e7b11';
      form.users = '/organizations/{organization_id}/members';
    },
    { needs: 'the path, with the id of the organization' },
  ),
  accepted(
    'paths',
    'users-path-members',
    'The list of users is at /members.',
    (form) => {
      form.users = '/members';
    },
    { needs: 'the path /members' },
  ),
  rolesAt('slash', '/roles/'),
  rolesAt('fga', '/fga/roles'),
  rolesAt('rbac', '/rbac/roles'),
  rolesAt('admin', '/admin/roles'),
  rolesAt('users', '/users/roles'),
  rolesAt('authorization', '/authorization/roles'),
  accepted('paths', 'absent-405', 'Paths that do not exist answer 405 instead of 404.', (form) => {
    form.absent = 405;
  }),
  accepted(
    'paths',
    'base-path',
    'The API is at /gateway/api/v1.',
    (form) => {
      form.prefix = '/gateway/api/v1';
    },
    { needs: 'the base URL with /gateway/api/v1' },
  ),
  accepted(
    'paths',
    'html-unless-json',
    'The web page with status 200, unless Accept is application/json and nothing else.',
    (form) => {
      form.htmlUnlessJson = true;
    },
  ),
  refused(
    'paths',
    'no-roles-list',
    'There is no list of roles: 404 on every path for it.',
    (form) => {
      form.roles = undefined;
    },
    { unless: 'static-roles' },
  ),
  refused('paths', 'no-users-list', 'There is no list of users: 404 on every path for it.', (form) => {
    form.users = undefined;
  }),
];
