import { expect } from 'vitest';

import { items, roles, rowsOf, statusOf, users, type Looks, type Row } from './raw.ts';
import type { Simulator } from './simulator.ts';

const embedded =
  (key: string, shape: unknown) =>
  async (from: Simulator): Promise<void> => {
    const rows = await users(from);
    expect(rows.every((row) => Array.isArray(row[key]))).toBe(true);
    expect(rows.flatMap((row) => row[key] as unknown[])).toContainEqual(shape);
    if (key !== 'roles') expect(rows.some((row) => 'roles' in row)).toBe(false);
  };

const plain = { id: expect.any(String), slug: 'user', name: 'User', source: 'direct' };

const perUser =
  (path: (id: string) => string, other: (id: string) => string) =>
  async (from: Simulator): Promise<void> => {
    const { id } = from.tenant.person(0)!;
    expect(await rowsOf(from, path(id))).toContainEqual({ ...plain, slug: 'super_admin', name: 'Super Admin' });
    expect(await statusOf(from, other(id))).toBe(404);
    expect((await users(from)).some((row) => 'roles' in row)).toBe(false);
  };

const perRole =
  (shape: (id: string) => unknown) =>
  async (from: Simulator): Promise<void> => {
    const role = from.tenant.role('super_admin')!;
    expect(await rowsOf(from, `/roles/${role.id}/users`)).toContainEqual(shape(from.tenant.person(0)!.id));
    expect(await statusOf(from, `/users/${from.tenant.person(0)!.id}/roles`)).toBe(404);
  };

const item =
  (shape: unknown) =>
  async (from: Simulator): Promise<void> =>
    expect(await items(from)).toContainEqual(shape);

/** Some, and not all, of the assignments are like this. */
const some = async (from: Simulator, is: (item: Row) => boolean): Promise<void> => {
  const all = (await items(from)) as Row[];
  expect(all.filter(is).length).toBeGreaterThan(3);
  expect(all.filter((item) => !is(item)).length).toBeGreaterThan(3);
};

const held = async (from: Simulator, key: string): Promise<Row[]> => (await users(from)).filter((row) => key in row);

export const assignmentLooks: Looks = {
  'embedded-roles': embedded('roles', plain),
  'embedded-role-assignments': embedded('role_assignments', plain),
  'embedded-role-names': embedded('role_names', 'Super Admin'),
  async 'embedded-role-ids'(from) {
    await embedded('role_ids', from.tenant.role('super_admin')!.id)(from);
  },
  'embedded-platform-roles': embedded('platform_roles', plain),
  'embedded-fga-roles': embedded('fga_roles', plain),
  'embedded-role-list': embedded('role', plain),
  async 'embedded-role'(from) {
    for (const { role } of await users(from)) expect(role).toMatchObject({ id: expect.any(String) });
  },
  async 'embedded-role-null'(from) {
    const rows = await held(from, 'role');
    expect(rows).toHaveLength(60);
    expect(rows.filter(({ role }) => role === null).length).toBeGreaterThan(0);
    expect(rows.filter(({ role }) => role !== null).length).toBeGreaterThan(0);
  },
  'per-user-roles': perUser(
    (id) => `/users/${id}/roles`,
    (id) => `/users/${id}/role-assignments`,
  ),
  'per-user-role-assignments': perUser(
    (id) => `/users/${id}/role-assignments`,
    (id) => `/users/${id}/roles`,
  ),
  'per-user-fga-roles': perUser(
    (id) => `/fga/users/${id}/roles`,
    (id) => `/users/${id}/roles`,
  ),
  'per-role-users': perRole((id) => ({ id, email: expect.any(String), name: expect.any(String), source: 'direct' })),
  'per-role-user-ids': perRole((id) => id),
  'per-role-user-id-key': perRole((id) => ({ user_id: id, source: 'direct' })),
  'per-role-user-nested': perRole((id) => ({ user: expect.objectContaining({ id }), source: 'direct' })),
  async 'flat-role-assignments'(from) {
    const [row] = await rowsOf(from, '/role-assignments?limit=1');
    expect(Object.keys(row!)).toEqual(['id', 'user_id', 'role_id', 'role_name', 'source']);
  },
  async 'flat-nested'(from) {
    const [row] = await rowsOf(from, '/role-assignments?limit=1');
    expect(row).toMatchObject({ user: { id: expect.any(String) }, role: { id: expect.any(String) } });
  },
  async 'orphan-assignments'(from) {
    await from.admin('/behaviours', { set: ['flat-role-assignments', 'orphan-assignments'] });
    const known = new Set((await users(from)).map(({ id }) => id));
    const strays = (await rowsOf(from, '/role-assignments?limit=1000')).filter(({ user_id: id }) => !known.has(id));
    expect(strays).toHaveLength(1);
  },
  async 'no-second-plan'(from) {
    expect(await statusOf(from, `/users/${from.tenant.person(0)!.id}/roles`)).toBe(404);
    expect(await held(from, 'roles')).toHaveLength(60);
  },
  async 'null-roles-none'(from) {
    const rows = await users(from);
    expect(rows.some((row) => row['roles'] === null)).toBe(true);
    expect(rows.some((row) => Array.isArray(row['roles']) && row['roles'].length === 0)).toBe(false);
  },
  async 'two-embedded-keys'(from) {
    for (const row of await users(from))
      expect([row['platform_roles'], Array.isArray(row['roles'])]).toEqual([[], true]);
  },
  async 'plans-disagree'(from) {
    const { id, roles: embedded } = (await users(from)).at(-1) as { id: string; roles: unknown[] };
    expect(await rowsOf(from, `/users/${id}/roles`)).toEqual(embedded.slice(1));
  },
  async 'roles-null'(from) {
    expect((await users(from)).filter((row) => row['roles'] === null)).toHaveLength(1);
  },
  async 'missing-roles-key'(from) {
    expect(await held(from, 'roles')).toHaveLength(59);
  },
  async 'unknown-role'(from) {
    const known = new Set((await roles(from)).map(({ id }) => id));
    expect(((await items(from)) as Row[]).filter(({ id }) => !known.has(id))).toHaveLength(1);
  },
  async 'item-id'(from) {
    await item(from.tenant.role('super_admin')!.id)(from);
  },
  'item-slug': item('super_admin'),
  'item-slug-folded': item('Super-Admin'),
  'item-label': item('Super Admin'),
  'item-role-object': item(expect.objectContaining({ slug: 'super_admin', capabilities: expect.any(Array) })),
  'item-nested': item({ role: { id: expect.any(String), slug: 'user', name: 'User' }, source: 'direct' }),
  'item-role-id-name': item({ role_id: expect.any(String), role_name: 'User', source: 'direct' }),
  'sources-several': (from) => some(from, ({ source }) => source === 'group'),
  async 'expires-future'(from) {
    for (const row of (await items(from)) as Row[]) expect(row['expires_at']).toBe('2099-12-31T00:00:00Z');
  },
  async 'expires-null'(from) {
    for (const row of (await items(from)) as Row[]) expect(row['expires_at']).toBe(null);
  },
  'expires-past': (from) => some(from, (row) => row['expires_at'] === '2020-01-01T00:00:00Z'),
  async 'scope-synonyms'(from) {
    const scopes = new Set(((await items(from)) as Row[]).map(({ scope }) => scope));
    expect(scopes).toEqual(new Set([undefined, null, 'platform', 'organization', 'org', 'global', 'tenant']));
  },
  'server-rows-server-id': (from) => some(from, (row) => 'server_id' in row && row['slug'] === 'server_admin'),
  'server-rows-resource-type': (from) => some(from, (row) => row['resource_type'] === 'server' && 'resource_id' in row),
  'server-rows-scope': (from) => some(from, ({ scope }) => scope === 'server'),
  'server-rows-slug': (from) => some(from, ({ slug }) => slug === 'server_admin'),
  'server-rows-platform-role': (from) => some(from, (row) => 'server_id' in row && row['slug'] !== 'server_admin'),
  async 'server-admin-listed'(from) {
    expect(await roles(from)).toContainEqual(expect.objectContaining({ slug: 'server_admin', scope: 'server' }));
  },
  async 'roles-fold-alike'(from) {
    const slugs = (await roles(from)).map(({ slug }) => slug);
    expect(slugs).toContain('Super-Admin');
    expect(slugs).toContain('super_admin');
  },
  async 'roles-fold-alike-ambiguous'(from) {
    expect((await roles(from)).map(({ slug }) => slug)).toContain('Super-Admin');
    await item('super admin')(from);
  },
  'scope-unknown': (from) => some(from, ({ scope }) => scope === 'division'),
  async 'items-mixed-null'(from) {
    const nulls = (await items(from)).filter((item) => item === null);
    expect(nulls.length).toBeGreaterThan(1);
  },
};
