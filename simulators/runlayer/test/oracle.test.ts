import { describe, expect, test } from 'vitest';

import { readPairs, simulator, truePairs, type Simulator } from './simulator.ts';

interface Told {
  readonly n: number;
  readonly at: string;
  readonly ms: number;
  readonly request: number;
  readonly userId: string;
}

const changesOf = async (from: Simulator): Promise<Told[]> => (await from.admin('/changes')).json as Told[];

const pairs = async (from: Simulator, query: string): Promise<string[]> =>
  ((await from.admin(`/pairs${query}`)).json as { userId: string; roleId: string }[])
    .map(({ userId, roleId }) => `${userId} ${roleId}`)
    .sort();

const faults = [
  'delete@1:2',
  'insert@2x3',
  'promote@3:2',
  'demote@4',
  'move-role@5',
  'replace@5',
  'rename-moves@6',
  'add-role@6',
  'delete-role@7',
  'deactivate@8',
];

describe('the truth of any moment', () => {
  test.each(['plain', 'user-id-number', 'embedded-role', 'role-id-slug', 'owner-not-listed'])(
    'after each change equals what was the truth then (%s)',
    async (form) => {
      await using from = await simulator({}, form === 'plain' ? [] : [form], { faults });
      const known = new Map<number, string[]>([[0, await truePairs(from)]]);
      const accounts = new Map<number, unknown>([[0, (await from.admin('/accounts')).json]]);
      for (let n = 0; n < 9; n++) {
        await from.get('/users');
        const after = from.tenant.changes.length;
        known.set(after, await truePairs(from));
        accounts.set(after, sorted((await from.admin('/accounts')).json));
      }
      expect(from.tenant.changes.length).toBeGreaterThan(12);
      // Backwards too: the past is made again from the seed.
      for (const n of [...known.keys(), ...[...known.keys()].reverse()]) {
        expect(await pairs(from, `?after=${n}`)).toEqual(known.get(n));
        expect(sorted((await from.admin(`/accounts?after=${n}`)).json)).toEqual(sorted(accounts.get(n)));
      }
    },
  );

  test('can be asked for by time, and for an interval', async () => {
    let time = 1_000_000;
    await using from = await simulator({}, [], {}, () => new Date(time));
    const first = await truePairs(from);
    const [a, b] = [from.tenant.at(3).id, from.tenant.at(4).id];
    const step = async (ms: number, path: string, userId: string): Promise<string[]> => {
      time = ms;
      await from.admin(path, { userId, role: 'super_admin' });
      return truePairs(from);
    };
    const second = await step(1_000_100, '/promote', a);
    await step(1_000_200, '/promote', b);
    const third = await step(1_000_200, '/delete', a);
    expect(await pairs(from, '?at=1000099')).toEqual(first);
    expect(await pairs(from, '?at=1000100')).toEqual(second);
    expect(await pairs(from, '?at=1000199')).toEqual(second);
    expect(await pairs(from, '?at=1000200')).toEqual(third);
    expect(await changesOf(from)).toMatchObject([
      { n: 1, ms: 1_000_100, request: 0, userId: a },
      { n: 2, ms: 1_000_200 },
      { n: 3, ms: 1_000_200, kind: 'delete' },
    ]);
    const moments = async (query: string): Promise<unknown> => (await from.admin(`/moments?${query}`)).json;
    expect(await moments('from=1000000&to=1000099')).toEqual({ first: 0, last: 0 });
    expect(await moments('from=1000050&to=1000150')).toEqual({ first: 0, last: 1 });
    expect(await moments('from=1000101&to=1000150')).toEqual({ first: 1, last: 1 });
    expect(await moments('from=1000100&to=1000200')).toEqual({ first: 0, last: 3 });
    expect(await moments('from=1000201&to=1009999')).toEqual({ first: 3, last: 3 });
  });

  test('names the request before which a change happened', async () => {
    await using from = await simulator({}, [], { faults: ['delete@3', 'insert@5:2'] });
    for (let n = 0; n < 6; n++) await from.get('/users');
    expect((await changesOf(from)).map(({ request }) => request)).toEqual([3, 5, 5]);
  });
});

test('a reader that reads between changes sees the truth of then', async () => {
  await using from = await simulator({}, [], { faults });
  for (let n = 0; n < 9; n++) {
    await from.get('/users');
    expect(await readPairs(from, 1000)).toEqual(await truePairs(from));
  }
});

test('roles can be made and deleted by hand, and who held a deleted one holds it no more', async () => {
  await using from = await simulator();
  const userId = from.tenant.at(3).id;
  expect((await from.admin('/add-role', { slug: 'night_watch', name: 'Night Watch' })).json).toMatchObject({
    changed: true,
  });
  await from.admin('/promote', { userId, role: 'night_watch' });
  const { id } = from.tenant.role('night_watch')!;
  expect(await truePairs(from)).toContain(`${userId} ${id}`);
  await from.admin('/delete-role', { role: id });
  expect(await truePairs(from)).not.toContain(`${userId} ${id}`);
  expect((await from.get('/roles')).json).toMatchObject({ count: 10 });
  expect((await from.admin('/add-role', { slug: 'Night Watch', name: 'x' })).status).toBe(422);
  expect((await from.admin('/delete-role', { role: 'nobody' })).status).toBe(422);
});

const sorted = (accounts: unknown): unknown =>
  (accounts as { id: string }[]).toSorted((a, b) => (a.id < b.id ? -1 : 1));
