import { describe, expect, test } from 'vitest';
import { first, readFrom, users, type Page } from './read-from.ts';

describe('a first page that comes whatever is asked for is not the list where the answer says that rows follow', () => {
  test.each<[how: string, page: Page]>([
    ['has_more', { body: { data: first, has_more: true } }],
    ['hasMore', { body: { data: first, hasMore: true } }],
    ['a token of another name', { body: { data: first, nextPageToken: 'x' } }],
    ['the number of pages', { body: { data: first, page: 1, total_pages: 3 } }],
    ['the number of pages, beside the list', { body: { data: first, meta: { current_page: 1, last_page: 3 } } }],
    ['a link beside the list', { body: { data: first, links: { next: '/api/v1/users?page=2' } } }],
    ['a header Link', { body: first, headers: { link: '</api/v1/users?page=2>; rel="next", </x>; rel="last"' } }],
    ['a header Link without quotes', { body: first, headers: { link: '</api/v1/users?page=2>;rel=next' } }],
    ['a header with the total', { body: first, headers: { 'x-total-count': '12' } }],
    ['a header with the range', { body: first, headers: { 'content-range': 'items 0-3/12' } }],
    ['a total of another name', { body: { data: first, totalCount: 12 } }],
    ['a total as text', { body: { data: first, total_items: '12' } }],
    ['a total beside the list', { body: { data: first, pagination: { total: 12, page: 1, per_page: 4 } } }],
    ['a page object', { body: { data: first, page: { number: 0, size: 4, totalElements: 12 } } }],
    ['a page that is not the last', { body: { data: first, last: false } }],
    ['a list of links', { body: { data: first, links: [{ rel: 'next', href: '/api/v1/users?page=2' }] } }],
    ['a page size that is reached', { body: { data: first, page: 1, per_page: 4 } }],
    [
      'a second header Link',
      { body: first, headers: { link: ['</x?page=1>; rel="first"', '</x?page=2>; rel="next"'] } },
    ],
    ['a header with the next page', { body: first, headers: { 'x-next-page': '2' } }],
    ['headers with the number of pages', { body: first, headers: { 'x-page': '1', 'x-total-pages': '3' } }],
    ['a header with JSON', { body: first, headers: { 'x-pagination': '{"PageSize":4,"TotalCount":12}' } }],
    ['a link of a name of its own', { body: { data: first, '@odata.nextLink': '/api/v1/users?page=2' } }],
    ['a link object', { body: { data: first, _links: { next: { href: '/api/v1/users?page=2' } } } }],
    ['the number of pages, counted from 0', { body: { data: first, page: 0, total_pages: 2 } }],
    ['headers that count pages from 0', { body: first, headers: { 'x-page': '0', 'x-total-pages': '2' } }],
  ])('by %s', async (_, page) => {
    const { error, left } = await readFrom(() => page);
    expect(error).toMatchObject({ code: 'RL-PAGING', status: 15 });
    expect(left).toEqual([]);
  });

  test.each<[where: string, page: (rows: object[]) => Page]>([
    ['the body', (data) => ({ body: { data, totalCount: 12 } })],
    ['a header', (data) => ({ body: { data }, headers: { 'x-total-count': '12' } })],
  ])('nor is a cursor at its end before the total in %s', async (_, page) => {
    const { error } = await readFrom((_skip, _limit, query) => {
      const at = Number(query.get('cursor') ?? 0);
      const { body, headers } = page(users.slice(at, at + 4));
      return { body: { ...body, next_cursor: at === 0 ? '4' : null }, ...(headers === undefined ? {} : { headers }) };
    });
    expect(error).toMatchObject({ code: 'RL-PAGING', status: 15 });
  });

  test.each([
    'page',
    'page[number]',
    'offset',
    'start',
    '$skip',
    'from',
    'pageNumber',
    'pageNo',
    'pageIndex',
    'startIndex',
  ])('by another page at another %s, and by no word in the answer', async (word) => {
    const { error } = await readFrom((_skip, _limit, query) => {
      const at = Number(query.get(word) ?? 0);
      const start = /page/.test(word) ? 4 * at : at;
      return { body: users.slice(start, start + 4) };
    });
    expect(error).toMatchObject({ code: 'RL-PAGING', status: 15 });
  });

  test('a list that knows no page at all is read', async () => {
    const { synced } = await readFrom(() => ({ body: users }));
    expect(synced?.users).toHaveLength(12);
  });

  test.each(['next_cursor', 'next_page', 'next'])('%s that holds nothing beside has_more ends no list', async (key) => {
    const { synced } = await readFrom((skip, limit) => {
      const end = skip + Math.min(limit, 4);
      return { body: { data: users.slice(skip, end), [key]: null, has_more: end < users.length } };
    });
    expect(synced?.users).toHaveLength(12);
  });
});

describe('an answer that says itself that it is not whole is refused', () => {
  test.each<[key: string, value: unknown]>([
    ['errors', ['one shard did not answer']],
    ['error', 'one shard did not answer'],
    ['partial', true],
    ['incomplete_results', true],
    ['truncated', true],
    ['timed_out', true],
    ['success', false],
    ['ok', false],
    ['status', 'error'],
    ['status', 503],
    ['code', '403'],
    ['status_code', 500],
    ['degraded', true],
  ])('by %s %j', async (key, value) => {
    const { error, left } = await readFrom((skip) => ({ body: { data: first.slice(skip), count: 4, [key]: value } }));
    expect(error).toMatchObject({ code: 'RL-SHAPE', status: 15 });
    expect(error?.title).toContain(`"${key}"`);
    expect(left).toEqual([]);
  });

  test.each<[key: string, value: unknown]>([
    ['errors', []],
    ['errors', {}],
    ['error', null],
    ['error', ''],
    ['partial', false],
    ['pagination', { has_next: false, next: null, page: 1, total_pages: 1 }],
    ['pagination', { total: 4, page: 1, per_page: 4 }],
    ['success', true],
    ['status', 'ok'],
    ['status', 200],
    ['code', 0],
    ['message', 'Success'],
    ['total_servers', 500],
  ])('and not by %s %j', async (key, value) => {
    const { synced } = await readFrom((skip) => ({ body: { data: first.slice(skip), count: 4, [key]: value } }));
    expect(synced?.users).toHaveLength(4);
  });
});

describe('a note beside a list', () => {
  const notes: [key: string, value: unknown][] = [
    ['detail', 'Users of this organisation'],
    ['warning', 'limit is deprecated'],
    ['warnings', ['limit is deprecated']],
  ];
  test.each(notes)('%s %j is no fault where rows are counted', async (key, value) => {
    const { synced } = await readFrom((skip) => ({ body: { data: first.slice(skip), count: 4, [key]: value } }));
    expect(synced?.users).toHaveLength(4);
  });

  test.each(notes)('%s %j may say why rows are missing that nobody counts', async (key, value) => {
    const { error, left } = await readFrom((skip) => {
      const data = first.slice(skip);
      return { body: data.length === 0 ? { data } : { data, [key]: value } };
    });
    expect(error?.status).toBe(15);
    expect(left).toEqual([]);
  });

  test.each(notes)('%s %j hides no row that is counted', async (key, value) => {
    const { error, left } = await readFrom(() => ({ body: { data: [], count: 4, [key]: value } }));
    expect(error?.status).toBe(15);
    expect(left).toEqual([]);
  });

  test.each([...notes, ['success', false], ['status', 503]])('%s %j is one where there is none', async (key, value) => {
    for (const counted of [{}, { count: 0 }]) {
      const { error, left } = await readFrom((skip) => {
        const data = first.slice(skip);
        return { body: data.length > 0 ? { data } : { data, ...counted, [key as string]: value } };
      });
      expect(error).toMatchObject({ code: 'RL-SHAPE', status: 15 });
      expect(error?.title).toContain(`"${key as string}"`);
      expect(left).toEqual([]);
    }
  });
});

describe('headers beside a whole list', () => {
  test.each<Record<string, string>>([
    { link: '</api/v1/users?page=1>; rel="prev", </api/v1/users>; rel="first"' },
    { link: '</style.css>; rel=preload; title="next"' },
    { 'x-total-count': '4' },
    { 'content-range': 'items 0-3/4' },
    { age: '0' },
  ])('%j change nothing', async (headers) => {
    const { synced } = await readFrom((skip) => ({ body: first.slice(skip), headers }));
    expect(synced?.users).toHaveLength(4);
  });

  test('that show an answer out of a cache end the reading', async () => {
    const { error, left } = await readFrom((skip) => ({ body: first.slice(skip), headers: { age: '86400' } }));
    expect(error).toMatchObject({ code: 'RL-STALE', status: 15 });
    expect(error?.title).toContain('86400 seconds');
    expect(left).toEqual([]);
  });
});
