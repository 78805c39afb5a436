import { expect } from 'vitest';

import { bodyOf, header, rowsOf, users, type Row } from './raw.ts';
import type { Answered, Simulator } from './simulator.ts';

/** A row of the table of faults: the plan, and what one sees of it. */
export type FaultLook = readonly [fault: string, look: (from: Simulator) => Promise<unknown>];

interface Change {
  readonly kind: string;
  readonly userId: string;
  readonly role?: string;
}

const changesOf = async (from: Simulator): Promise<Change[]> => (await from.admin('/changes')).json as Change[];

/** The first request is answered like this; the second is well. */
const once =
  (is: (answer: Answered, from: Simulator) => void, path = '/users') =>
  async (from: Simulator): Promise<void> => {
    is(await from.get(path), from);
    expect((await from.get(path)).json).toMatchObject({ data: expect.any(Array), count: expect.any(Number) });
  };

const failing =
  () =>
  async (from: Simulator): Promise<void> => {
    await expect(from.get('/users')).rejects.toThrow(/fetch failed|terminated/);
    expect(await users(from)).toHaveLength(60);
  };

/** Page of 60 users with the fault, the same without. */
const page = (is: (faulty: Row, well: Row) => void) => async (from: Simulator) => {
  is(await bodyOf(from, '/users?limit=60'), await bodyOf(from, '/users?limit=60'));
};

/** Nothing comes before the client gives up; the next request is well. */
const silent = async (from: Simulator): Promise<void> => {
  await expect(from.get('/users', undefined, { signal: AbortSignal.timeout(200) })).rejects.toThrow(/abort|timeout/i);
  expect(await users(from)).toHaveLength(60);
};

const changed =
  (...kinds: string[]) =>
  async (from: Simulator): Promise<Change[]> => {
    const before = await changesOf(from);
    expect(before).toEqual([]);
    await users(from);
    const changes = await changesOf(from);
    expect(changes.map(({ kind }) => kind)).toEqual(kinds);
    await users(from);
    expect(await changesOf(from)).toEqual(changes);
    return changes;
  };

const rows = (body: Row): Row[] => body['data'] as Row[];
const ids = (body: Row): unknown[] => rows(body).map((row) => row['id']);

const limited = (form: string, name: string, value: unknown): FaultLook => [
  `rate-limit@1:${form}`,
  once((answer) => expect([answer.status, header(answer, name)]).toEqual([429, value])),
];

const one = (is: (row: Row) => boolean) => page((faulty) => expect(rows(faulty).filter(is)).toHaveLength(1));

export const faultLooks: readonly FaultLook[] = [
  ['status@1:503', once(({ status, json }) => expect([status, json]).toEqual([503, undefined]))],
  ['status@1:403', once(({ status, json }) => expect([status, json]).toEqual([403, { detail: expect.any(String) }]))],
  ['status@1:422', once(({ json }) => expect(json).toMatchObject({ detail: [{ loc: ['query', 'skip'] }] }))],
  ['html@1', once(({ status, text }) => expect([status, text.slice(0, 9)]).toEqual([200, '<!doctype']))],
  ['waf@1', once((answer) => expect([answer.status, header(answer, 'content-type')]).toEqual([403, 'text/html']))],
  ['wrong-content-type@1', once((answer) => expect(header(answer, 'content-type')).toBe('text/html'))],
  ['redirect@1', once((answer) => expect(header(answer, 'location')).toBe('https://elsewhere.example/api/v1/users'))],
  limited('seconds', 'retry-after', '1'),
  limited('zero', 'retry-after', '0'),
  limited('date', 'retry-after', expect.stringMatching(/ GMT$/)),
  limited('x', 'x-ratelimit-remaining', '0'),
  limited('ietf', 'ratelimit-reset', '1'),
  limited('none', 'retry-after', null),
  limited('long', 'retry-after', '3600'),
  limited('nonsense', 'retry-after', 'soon'),
  ['not-json@1', once(({ status, json }) => expect([status, json]).toEqual([200, undefined]))],
  ['empty-body@1', once(({ status, text }) => expect([status, text]).toEqual([200, '']))],
  ['no-content@1', once(({ status, text }) => expect([status, text]).toEqual([204, '']))],
  ['null-body@1', once(({ status, json }) => expect([status, json]).toEqual([200, null]))],

  ['reset@1', failing()],
  ['cut@1:50', failing()],
  ['truncated@1:60', once(({ json, text }) => expect([json, text.startsWith('{"data":[')]).toEqual([undefined, true]))],
  [
    'slow-body@1:200',
    async (from) => {
      const started = performance.now();
      expect(await users(from)).toHaveLength(60);
      expect(performance.now() - started).toBeGreaterThan(150);
    },
  ],
  ['stall@1', silent],
  ['no-answer@1', silent],
  ['oversized@1:2', once(({ text }) => expect(text.length).toBeGreaterThan(2 * 1024 * 1024))],
  [
    'oversized-gzip@1:2',
    once((answer) => {
      expect(header(answer, 'content-encoding')).toBe('gzip');
      expect(Number(header(answer, 'content-length'))).toBeLessThan(100_000);
      expect(answer.text.length).toBeGreaterThan(2 * 1024 * 1024);
    }),
  ],
  [
    'latency@1:200',
    async (from) => {
      const started = performance.now();
      expect(await users(from)).toHaveLength(60);
      expect(performance.now() - started).toBeGreaterThan(190);
    },
  ],

  ['duplicate-key@1', once(({ text }) => expect(text.match(/"data":/g)).toHaveLength(2))],
  ['deep@1:300', once(({ text }) => expect(text).toContain('['.repeat(300)))],
  ['wrong-type@1', page(({ data }) => expect(Array.isArray(data)).toBe(false))],
  ['row-type@1', page((faulty) => expect(rows(faulty)).toContain(7))],
  ['null-row@1', page((faulty) => expect(rows(faulty)).toContain(null))],
  ['count-type@1', page(({ count }) => expect(count).toBe('many'))],
  ['count-negative@1', page(({ count }) => expect(count).toBe(-1))],
  ['count-huge@1', page(({ count }) => expect(Number.isSafeInteger(count)).toBe(false))],
  ['null-list@1', page(({ data }) => expect(data).toBe(null))],
  ['missing-key@1', page((faulty) => expect(Object.keys(faulty)).toEqual(['count']))],
  ['missing-id@1', one((row) => !('id' in row))],
  ['null-id@1', one((row) => row['id'] === null)],
  ['empty-id@1', one((row) => row['id'] === '')],
  ['two-arrays@1', page((faulty) => expect(faulty).toMatchObject({ data: { length: 60 }, results: [] }))],
  ['roles-absent@1', one((row) => !('roles' in row))],
  ['roles-are-null@1', one((row) => row['roles'] === null)],

  [
    'loop@2',
    async (from) => {
      const first = await bodyOf(from, '/users?limit=20');
      expect(ids(await bodyOf(from, '/users?skip=20&limit=20'))).toEqual(ids(first));
    },
  ],
  [
    'repeat@2',
    async (from) => {
      const first = await bodyOf(from, '/users?skip=20&limit=20');
      expect(ids(await bodyOf(from, '/users?skip=40&limit=20'))).toEqual(ids(first));
    },
  ],
  ['short@1', page((faulty, well) => expect(ids(faulty)).toEqual(ids(well).slice(0, 30)))],
  ['empty@1', page((faulty) => expect(faulty).toEqual({ data: [], count: 60 }))],
  [
    'ends-here@1',
    async (from) => expect(await bodyOf(from, '/users?skip=20&limit=20')).toEqual({ data: [], count: 20 }),
  ],
  ['drop-row@1', page((faulty) => expect([rows(faulty).length, faulty['count']]).toEqual([59, 60]))],
  ['lose-row@1', page((faulty) => expect([rows(faulty).length, faulty['count']]).toEqual([59, 59]))],
  ['duplicate-row@1', page((faulty) => expect([rows(faulty).length, new Set(ids(faulty)).size]).toEqual([60, 59]))],
  ['swap-id@1', page((faulty, well) => expect(ids(faulty).filter((id) => !ids(well).includes(id))).toHaveLength(1))],
  ['count@1:-5', page(({ count }) => expect(count).toBe(55))],
  ['shrink@1:2', page((faulty) => expect([rows(faulty).length, faulty['count']]).toEqual([2, 60]))],

  [
    'order@2',
    async (from) => {
      const [first, second, third] = [await users(from), await users(from), await users(from)];
      expect([second, second.length]).not.toEqual([first, 0]);
      expect(third).toEqual(second);
      expect(new Set(second.map(({ id }) => id))).toEqual(new Set(first.map(({ id }) => id)));
    },
  ],
  [
    'order-back@2',
    async (from) => {
      const before = await users(from);
      await from.admin('/faults', { set: ['order@1', 'order-back@2'] });
      expect(await users(from)).not.toEqual(before);
      expect(await users(from)).toEqual(before);
    },
  ],
  ['ties@1:3', page((faulty, well) => expect(ids(faulty)).toEqual([...ids(well).slice(3), ...ids(well).slice(0, 3)]))],

  [
    'delete@1:2',
    async (from) => {
      const changes = await changed('delete', 'delete')(from);
      const left = (await users(from)).map(({ id }) => id);
      expect(left).toHaveLength(58);
      for (const { userId } of changes) expect(left).not.toContain(userId);
    },
  ],
  [
    'insert@1',
    async (from) => {
      const [change] = await changed('add')(from);
      expect((await users(from))[0]).toMatchObject({ id: change!.userId });
    },
  ],
  ['rename@1', changed('rename')],
  ['promote@1', changed('promote')],
  ['demote@1', changed('demote')],
  [
    'replace@1',
    async (from) => {
      await changed('delete', 'add')(from);
      expect(await bodyOf(from, '/users')).toMatchObject({ count: 60 });
    },
  ],
  [
    'rename-moves@1',
    async (from) => {
      const [change] = await changed('rename')(from);
      expect((await users(from)).at(-1)).toMatchObject({ id: change!.userId });
    },
  ],
  [
    'move-role@1',
    async (from) => {
      const before = (await from.admin('/pairs')).json as unknown[];
      const [taken, given] = await changed('demote', 'promote')(from);
      expect([taken!.role, taken!.userId === given!.userId]).toEqual([given!.role, false]);
      expect((await from.admin('/pairs')).json).toHaveLength(before.length);
    },
  ],
  ['deactivate@1', changed('deactivate')],
  [
    'flicker@1',
    async (from) => {
      expect(await users(from)).toHaveLength(61);
      expect(await users(from)).toHaveLength(60);
      expect((await changesOf(from)).map(({ kind }) => kind)).toEqual(['add', 'delete']);
    },
  ],
  [
    'add-role@1',
    async (from) => {
      const [made] = await changed('add-role', 'promote')(from);
      expect((await rowsOf(from, '/roles')).at(-1)).toMatchObject({ slug: made!.role });
    },
  ],
  [
    'delete-role@1',
    async (from) => {
      const [gone] = await changed('delete-role')(from);
      const left = await rowsOf(from, '/roles');
      expect([left.length, left.some(({ slug }) => slug === gone!.role)]).toEqual([9, false]);
    },
  ],

  ['narrowed@1:7', page((faulty, well) => expect(faulty).toEqual({ data: rows(well).slice(0, 7), count: 7 }))],
  [
    'roles-hidden@1',
    page((faulty, well) => {
      for (const row of rows(faulty)) expect(row['roles']).toEqual([]);
      expect(ids(faulty)).toEqual(ids(well));
    }),
  ],
];
