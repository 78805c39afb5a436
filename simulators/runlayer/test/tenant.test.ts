import { describe, expect, test } from 'vitest';

import { readAll, readPairs, simulator, truePairs, type Row } from './simulator.ts';

describe('the tenant of a seed', () => {
  test('is the same at every start, with the same keys, and another for another seed', async () => {
    await using a = await simulator({ seed: 7 });
    await using b = await simulator({ seed: 7 });
    await using c = await simulator({ seed: 8 });
    const rows = await readAll(a, '/users', 25);
    expect(await readAll(b, '/users', 7)).toEqual(rows);
    expect(b.tenant.keys).toEqual(a.tenant.keys);
    const others = new Set((await readAll(c, '/users', 25)).map((row) => row.id));
    expect(rows.filter((row) => others.has(row.id))).toEqual([]);
    expect(Object.values(c.tenant.keys).filter((key) => Object.values(a.tenant.keys).includes(key))).toEqual([]);
  });

  test.each([1, 2, 3])(
    'of seed %i shows in both forms the pairs and accounts that the admin API knows',
    async (seed) => {
      const seen: string[][] = [];
      for (const assignments of ['embedded', 'per-user'] as const) {
        await using from = await simulator({ seed, users: 230, assignments });
        const rows = await readAll(from, '/users', 50);
        expect(rows.every((row) => 'roles' in row === (assignments === 'embedded'))).toBe(true);
        const accounts = rows.map(({ id, email, name, is_active, type }) => ({
          id,
          email,
          name,
          active: is_active,
          type,
        }));
        expect((await from.admin('/accounts')).json).toEqual(accounts);
        const pairs = await readPairs(from, 50);
        expect(pairs).toEqual(await truePairs(from));
        expect(new Set(pairs).size).toBe(pairs.length);
        seen.push(pairs);
      }
      expect(seen[1]).toEqual(seen[0]);
    },
  );

  test('lists every user once, newest first, at any page size', async () => {
    await using from = await simulator({ users: 301 });
    const whole = await readAll(from, '/users', 1000);
    expect(whole).toHaveLength(301);
    expect(new Set(whole.map((row) => row.id)).size).toBe(301);
    expect(new Set(whole.map((row) => row.email)).size).toBe(301);
    const times = whole.map((row) => row.created_at);
    expect(times).toEqual([...new Set(times)].sort().reverse());
    for (const limit of [1, 7, 100, 300]) expect(await readAll(from, '/users', limit)).toEqual(whole);
  });

  test.each([1, 2, 3])(
    'of seed %i is like a company: few administrators, most people plain, some gone, some machines',
    async (seed) => {
      await using from = await simulator({ seed, users: 1000 });
      const rows = await readAll(from, '/users', 1000);
      const holders = (slug: string): number =>
        rows.filter((row) => row.roles?.some((role) => role.slug === slug)).length;
      expect(holders('super_admin')).toBeGreaterThanOrEqual(2);
      expect(holders('super_admin')).toBeLessThanOrEqual(4);
      for (const slug of ['security_admin', 'it_admin', 'helpdesk', 'analytics_admin']) {
        expect(holders(slug), slug).toBeGreaterThanOrEqual(1);
        expect(holders(slug), slug).toBeLessThanOrEqual(15);
      }
      const part = (is: (row: Row) => boolean): number => rows.filter(is).length / rows.length;
      expect(part((row) => row.roles?.map((role) => role.slug).join() === 'user')).toBeGreaterThan(0.6);
      expect(part((row) => row.roles?.length === 0)).toBeGreaterThan(0.005);
      expect(part((row) => (row.roles?.length ?? 0) > 1)).toBeGreaterThan(0.02);
      expect(Math.abs(part((row) => !row.is_active) - 0.05)).toBeLessThan(0.03);
      expect(part((row) => row.type === 'agent')).toBeGreaterThan(0);
      expect(part((row) => row.type === 'service_account')).toBeGreaterThan(0);
      expect(part((row) => row.name === null)).toBeGreaterThan(0);
      expect(part((row) => /[\u{250}-\u{10ffff}]/u.test(row.name ?? ''))).toBeGreaterThan(0.1);
    },
  );

  test('of one user is its Super Admin alone', async () => {
    await using from = await simulator({ users: 1 });
    const [only, ...rest] = await readAll(from, '/users', 1000);
    expect(rest).toEqual([]);
    expect(only?.roles?.map((role) => role.slug)).toContain('super_admin');
    expect((await from.get('/users/me')).json).toEqual(only);
    expect(from.tenant.keys.weak).toBeNull();
  });

  test('of 100,000 users gives any page and finds anybody by id', async () => {
    await using from = await simulator({ users: 100_000 });
    for (const skip of [0, 50_000, 99_500]) {
      const { json } = await from.get(`/users?skip=${skip}&limit=1000`);
      const { data, count } = json as { data: Row[]; count: number };
      expect(count).toBe(100_000);
      expect(data).toHaveLength(Math.min(1000, 100_000 - skip));
      expect((await from.get(`/users/${data[499]?.id}`)).json).toEqual(data[499]);
    }
  });

  test('has the seven platform roles and as many custom ones as asked for', async () => {
    await using from = await simulator({ customRoles: 8 });
    const roles = await readAll<{ id: string; slug: string; is_system: boolean; capabilities: string[] }>(
      from,
      '/roles',
      4,
    );
    expect(roles.filter((role) => role.is_system).map((role) => role.slug)).toEqual([
      'super_admin',
      'security_admin',
      'it_admin',
      'analytics_admin',
      'developer',
      'helpdesk',
      'user',
    ]);
    expect(roles).toHaveLength(15);
    expect(new Set(roles.map((role) => role.id)).size).toBe(15);
    expect((await from.get(`/roles/${roles[3]?.id}`)).json).toEqual(roles[3]);
  });
});
