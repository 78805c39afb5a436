import { byId, byLabel } from '../form/item-shapes.ts';
import { hasRows } from '../faults/fault.ts';
import type { Form, Row } from '../form/form.ts';
import { accepted, refused, type Kind } from './behaviour.ts';

const embedded = (name: string, key: string, says: string, also: (form: Form) => void = () => {}): Kind =>
  accepted('assignments', `embedded-${name}`, says, (form) => {
    form.embedded = { key, as: 'list' };
    also(form);
  });

/** Assignments that do not stand on the users; /users/{id}/roles answers only where it is the place. */
const elsewhere = (name: string, says: string, place: (form: Form) => void): Kind =>
  accepted('assignments', name, says, (form) => {
    form.embedded = undefined;
    form.userRoles = undefined;
    form.roleUsers = undefined;
    form.flat = undefined;
    place(form);
  });

const perRole = (name: string, says: string, row: (user: Row, rest: Row, form: Form) => unknown): Kind =>
  elsewhere(name, says, (form) => {
    form.roleUsers = '/roles/{id}/users';
    form.roleUser = (user, rest) => row(user, rest, form);
  });

const idOf = (user: Row, form: Form): unknown => user[form.userIds.key];

/** Where it stands who holds which role. */
export const assignments: readonly Kind[] = [
  embedded('roles', 'roles', 'Each user has a list `roles`.'),
  embedded('role-assignments', 'role_assignments', 'Each user has a list `role_assignments`.'),
  embedded('role-names', 'role_names', 'Each user has a list `role_names` of labels.', (form) => {
    form.item = byLabel;
  }),
  embedded('role-ids', 'role_ids', 'Each user has a list `role_ids` of ids.', (form) => {
    form.item = byId;
  }),
  embedded('platform-roles', 'platform_roles', 'Each user has a list `platform_roles`.'),
  embedded('fga-roles', 'fga_roles', 'Each user has a list `fga_roles`.'),
  embedded('role-list', 'role', 'Each user has a list under the key `role`.'),
  accepted('assignments', 'embedded-role', 'Each user holds exactly one role, under the key `role`.', (form) => {
    form.embedded = { key: 'role', as: 'one' };
    form.isSingle = 'always';
  }),
  refused(
    'assignments',
    'embedded-role-null',
    'Each user holds at most one role, under the key `role`, which is null without one.',
    (form) => {
      form.embedded = { key: 'role', as: 'one' };
      form.isSingle = 'or-none';
      form.hasRoleless = true;
    },
    { unless: 'null-roles=none' },
  ),
  elsewhere('per-user-roles', 'Assignments are at /users/{id}/roles.', (form) => {
    form.userRoles = '/users/{id}/roles';
  }),
  elsewhere('per-user-role-assignments', 'Assignments are at /users/{id}/role-assignments.', (form) => {
    form.userRoles = '/users/{id}/role-assignments';
  }),
  elsewhere('per-user-fga-roles', 'Assignments are at /fga/users/{id}/roles.', (form) => {
    form.userRoles = '/fga/users/{id}/roles';
  }),
  perRole('per-role-users', 'Holders are at /roles/{id}/users, as users.', (user, rest) => ({ ...user, ...rest })),
  perRole('per-role-user-ids', 'Holders are at /roles/{id}/users, as ids.', (user, _, form) => idOf(user, form)),
  perRole('per-role-user-id-key', 'Holders are at /roles/{id}/users, as {user_id}.', (user, rest, form) => ({
    user_id: idOf(user, form),
    ...rest,
  })),
  perRole('per-role-user-nested', 'Holders are at /roles/{id}/users, as {user: {…}}.', (user, rest) => ({
    user,
    ...rest,
  })),
  elsewhere('flat-role-assignments', 'Assignments are at /role-assignments, with user_id and role_id.', (form) => {
    form.flat = '/role-assignments';
  }),
  elsewhere('flat-nested', 'Assignments are at /role-assignments, as {user: {…}, role: {…}}.', (form) => {
    form.flat = '/role-assignments';
    form.isFlatNested = true;
  }),
  accepted('assignments', 'orphan-assignments', 'Lists of holders end with somebody who is no user.', (form) => {
    form.hasOrphans = true;
  }),
  accepted('assignments', 'no-second-plan', 'There is no /users/{id}/roles beside the embedded list.', (form) => {
    if (form.embedded) form.userRoles = undefined;
  }),
  refused(
    'assignments',
    'null-roles-none',
    'Users without roles have null instead of an empty list.',
    (form) => {
      form.isNullWhenNone = true;
      form.hasRoleless = true;
    },
    { unless: 'null-roles=none' },
  ),
  refused(
    'assignments',
    'two-embedded-keys',
    'Each user has a second, empty list `platform_roles` beside the real one.',
    (form) => {
      form.alsoEmbedded = 'platform_roles';
    },
  ),
  {
    name: 'plans-disagree',
    form: '',
    says: '/users/{id}/roles has one role less than the user of the list.',
    family: 'assignments',
    kind: 'refuse',
    ends: 'refused',
    unless: 'disagreement=embedded',
    act: () => ({
      change(answer, { route }, { form }) {
        const isMeant = route.kind === 'api' && route.means === 'user-roles' && form.embedded !== undefined;
        if (!isMeant || !hasRows(answer)) return answer;
        const { data, count } = answer.json as { data: unknown[]; count: number };
        return { ...answer, json: { data: data.slice(1), count: Math.max(0, count - 1) } };
      },
    }),
  },
];
