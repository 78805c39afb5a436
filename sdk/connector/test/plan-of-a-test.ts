import type { BatonError } from '@batonkit/kernel';
import type { MemberList, Out, PagedList, PagedMemberList, Plan, ReadingProblem } from '../src/index.ts';
import { fail, type Tenant } from './tenant-of-a-test.ts';

export const forms = ['embedded', 'per-user', 'flat', 'per-role'] as const;
export type Form = (typeof forms)[number];

export interface PlanSettings {
  form: Form;
  pageSize?: number;
  grantsByType?: boolean;
  explain?: (problem: ReadingProblem) => BatonError;
}

const idOf = (row: unknown): string => (row as { id: string }).id;
type Pair = { id: string; user: string; role: string };

/** A connector's plan over such a tenant. */
export function planOf(tenant: Tenant, { form, pageSize, explain, grantsByType = false }: PlanSettings): Plan {
  const known = new Set<string>();
  const roles: PagedList = {
    kind: 'paged',
    name: 'roles',
    path: '/roles',
    page: async (request) => tenant.pageOfRoles(request),
    id: idOf,
    take: (row, out) => {
      known.add(idOf(row));
      out?.resource('role', idOf(row), row);
      out?.entitlement('role', idOf(row), row);
      return {};
    },
  };
  const doubtOf = (held: readonly string[]) =>
    held.every((role) => known.has(role)) ? undefined : { doubt: fail('T-UNKNOWN', {}) };
  const hold = (user: string, held: readonly string[], out: Out | undefined): string[] => {
    for (const role of held) out?.grant('role', grantsByType ? '' : role, { user, role });
    return held.map((role) => `${role}\n${user}`);
  };
  const users: PagedList = {
    kind: 'paged',
    name: 'users',
    path: '/users',
    ...(form === 'embedded' ? { carries: ['assignments'] } : {}),
    page: async (request) => tenant.pageOfUsers(request),
    id: idOf,
    take: (row, out) => {
      out?.resource('user', idOf(row), { id: idOf(row) });
      if (form !== 'embedded') return {};
      const held = (row as { roles: string[] }).roles;
      return doubtOf(held) ?? { carries: { assignments: hold(idOf(row), held, out) } };
    },
  };
  const takePair = ({ user, role }: Pair, out: Out | undefined) =>
    doubtOf([role]) ?? { carries: { assignments: hold(user, [role], out) } };
  const last: Record<Exclude<Form, 'embedded'>, MemberList | PagedList | PagedMemberList> = {
    'per-user': {
      kind: 'per-member',
      name: 'assignments',
      path: '/users/{id}/roles',
      of: 'users',
      resourceType: 'user',
      page: async (user, request) => tenant.pageOfRolesOf(user, request),
      isGone: async (user) => tenant.user(user) === undefined,
      take: (user, rows, out) => doubtOf(rows.map(idOf)) ?? hold(user, rows.map(idOf), out),
    },
    flat: {
      kind: 'paged',
      name: 'assignment-rows',
      path: '/role-assignments',
      carries: ['assignments'],
      page: async (request) => tenant.pageOfAssignments(request),
      id: idOf,
      take: (row, out) => takePair(row as Pair, out),
    },
    'per-role': {
      kind: 'paged-per-member',
      name: 'assignment-rows',
      path: '/roles/{id}/users',
      of: 'roles',
      resourceType: 'role',
      carries: ['assignments'],
      page: async (role, request) => tenant.pageOfUsersOf(role, request),
      isGone: async (role) => !tenant.isRole(role),
      id: (_, row) => idOf(row),
      take: (_, row, out) => takePair(row as Pair, out),
    },
  };
  return {
    name: form,
    ...(form === 'embedded' ? { photograph: 'users' } : {}),
    lists: form === 'embedded' ? [roles, users] : [roles, users, last[form]],
    restart: () => known.clear(),
    refersTo: (list, member) => (list === 'assignments' ? { users: member.split('\n')[1] ?? '' } : {}),
    settle: async (list, id, _, out) => {
      if (list !== 'users') throw new RangeError(list);
      const user = tenant.user(id);
      if (user === undefined) return 'gone';
      const doubt = doubtOf(user.roles);
      if (doubt !== undefined) throw doubt.doubt;
      out?.resource('user', id, { id });
      return { carries: { assignments: hold(id, user.roles, out) } };
    },
    facts: () => ({ roleId: 'id', owner: { id: 'u0', roles: [] }, origin: 'https://source.example', notes: {} }),
    ...(pageSize === undefined ? {} : { pageSize }),
    ...(explain === undefined ? {} : { explain }),
  };
}
