import { expect } from 'vitest';

import { bodyOf, rowsOf, statusOf, users, type Looks, type Row } from './raw.ts';
import { readAll, type Simulator } from './simulator.ts';

const enveloped =
  (usersKey: string, rolesKey: string, perUserKey: string) =>
  async (from: Simulator): Promise<void> => {
    expect(await rowsOf(from, '/users', usersKey)).toHaveLength(60);
    expect(await rowsOf(from, '/roles', rolesKey)).toHaveLength(10);
    expect(await rowsOf(from, `/users/${from.tenant.person(0)!.id}/roles`, perUserKey)).toBeInstanceOf(Array);
  };

const total =
  (said: Row) =>
  async (from: Simulator): Promise<void> => {
    const { data: _, ...rest } = await bodyOf(from, '/users?limit=20');
    expect(rest).toEqual(said);
  };

/** Follows a list in the way of its form, and asserts how many pages and users it has. */
const followed =
  (next: (body: Row) => string | undefined) =>
  async (from: Simulator): Promise<void> => {
    const ids = new Set<unknown>();
    const pages: number[] = [];
    for (let query: string | undefined = '?limit=25'; query !== undefined;) {
      const body: Row = await bodyOf(from, `/users${query}`);
      const rows = body['data'] as Row[];
      pages.push(rows.length);
      for (const { id } of rows) ids.add(id);
      query = next(body);
    }
    expect([pages, ids.size]).toEqual([[25, 25, 10], 60]);
  };

const refusedAbove =
  (status: number) =>
  async (from: Simulator): Promise<void> => {
    expect(await statusOf(from, '/users?limit=26')).toBe(status);
    expect(await rowsOf(from, '/users?limit=25')).toHaveLength(25);
    expect(await rowsOf(from, '/users')).toHaveLength(25);
  };

const idsOf = async (from: Simulator, query: string): Promise<unknown[]> =>
  (await rowsOf(from, `/users${query}`)).map(({ id }) => id);

const queryOf = (url: unknown): string => String(url).replace(/^[^?]*/, '');

export const listLooks: Looks = {
  async 'envelope-bare'(from) {
    for (const path of ['/users', '/roles']) expect((await from.get(path)).json).toBeInstanceOf(Array);
  },
  'envelope-items': enveloped('items', 'items', 'items'),
  'envelope-results': enveloped('results', 'results', 'results'),
  'envelope-users': enveloped('users', 'data', 'data'),
  'envelope-roles': enveloped('data', 'roles', 'roles'),
  'envelope-members': enveloped('members', 'data', 'data'),
  'envelope-assignments': enveloped('data', 'data', 'assignments'),
  'envelope-unknown': enveloped('records', 'data', 'data'),
  async 'envelope-two-arrays'(from) {
    expect(await bodyOf(from, '/users')).toMatchObject({ data: { length: 60 }, results: [], count: 60 });
  },
  'total-total': total({ total: 60 }),
  'total-total-count': total({ total_count: 60 }),
  'total-meta': total({ meta: { total: 60 } }),
  'total-none': total({}),
  'total-text': total({ count: '60' }),
  'count-of-page': total({ count: 20 }),
  'count-lies': total({ count: 61 }),
  'paging-next-cursor': followed(({ next_cursor: cursor }) =>
    typeof cursor === 'string' ? `?limit=25&cursor=${cursor}` : undefined,
  ),
  'paging-next-page': followed(({ next_page: page }) =>
    typeof page === 'number' ? `?limit=25&page=${page}` : undefined,
  ),
  async 'paging-has-more'(from) {
    expect(await bodyOf(from, '/users?limit=59')).toMatchObject({ has_more: true });
    expect(await bodyOf(from, '/users?skip=59')).toMatchObject({ has_more: false });
  },
  'paging-next-url': followed(({ next }) => (next === null ? undefined : queryOf(next))),
  'paging-next-url-relative': followed(({ next }) => {
    if (next !== null) expect(next).toMatch(/^\/api\/v1\/users\?/);
    return next === null ? undefined : queryOf(next);
  }),
  async 'paging-next-url-elsewhere'(from) {
    expect((await bodyOf(from, '/users?limit=25'))['next']).toBe(
      'https://elsewhere.example/api/v1/users?skip=25&limit=25',
    );
  },
  async 'paging-cursor-loops'(from) {
    const { next_cursor: cursor } = await bodyOf(from, '/users?limit=60');
    expect(await idsOf(from, `?limit=60&cursor=${String(cursor)}`)).toEqual(await idsOf(from, '?limit=60'));
  },
  async 'short-pages'(from) {
    expect(await bodyOf(from, '/users?limit=60')).toMatchObject({ data: { length: 50 }, count: 60 });
  },
  'max-limit': refusedAbove(422),
  'max-limit-400': refusedAbove(400),
  'max-limit-413': refusedAbove(413),
  'max-limit-500': refusedAbove(500),
  async 'limit-refused'(from) {
    expect(await statusOf(from, '/users?limit=1')).toBe(422);
    expect(await rowsOf(from, '/users?skip=10')).toHaveLength(50);
  },
  async unpaged(from) {
    for (const query of ['', '?limit=1', '?skip=59&limit=1']) expect(await idsOf(from, query)).toHaveLength(60);
  },
  async 'order-other'(from) {
    const times = (await users(from)).map((row) => String(row['created_at']));
    expect(times).not.toEqual(times.toSorted().reverse());
    expect(new Set(times).size).toBe(60);
    expect((await readAll(from, '/users', 7)).map(({ id }) => id)).toEqual(await idsOf(from, '?limit=60'));
  },
  async ties(from) {
    const read = (limit: number): Promise<number> =>
      readAll(from, '/users', limit).then((rows) => new Set(rows.map(({ id }) => id)).size);
    expect([await read(20), await read(60)]).toEqual([58, 60]);
  },
  async 'unstable-order'(from) {
    const read = async (limit: number): Promise<unknown[]> =>
      (await readAll(from, '/users', limit)).map(({ id }) => id);
    expect(new Set(await read(60)).size).toBe(60);
    expect(new Set(await read(10)).size).toBeLessThan(60);
    expect(await read(10)).toEqual(await read(10));
  },
  async 'skip-ignored'(from) {
    expect(await idsOf(from, '?skip=20&limit=20')).toEqual(await idsOf(from, '?limit=20'));
  },
};
