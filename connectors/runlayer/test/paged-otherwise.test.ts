import { expect, describe, test } from 'vitest';
import { first, readFrom, users, type Page } from './read-from.ts';

const people = users.slice(0, 5);
const refusal = (status: number): Page => ({ body: { detail: 'Extra inputs are not permitted' }, status });

/** A list of people at an API that heeds one word for the page and one for its size, and by default gives `size`. */
function pagedBy(word: string, sizeWord: string, list: readonly object[], size: number, from: 0 | 1 = 1) {
  return (_skip: number, _limit: number, query: URLSearchParams): Page => {
    const rows = Number(query.get(sizeWord) ?? size);
    const at = Number(query.get(word) ?? from) - from;
    const start = /page/i.test(word) ? at * rows : at;
    return { body: list.slice(start, start + rows) };
  };
}

describe('a list without a count that knows no skip is whole', () => {
  test.each([400, 422])('where the server answers %i to words that it does not know', async (status) => {
    const asked: string[] = [];
    const { synced } = await readFrom((_skip, _limit, query) => {
      asked.push(query.toString());
      return [...query.keys()].every((key) => ['skip', 'limit'].includes(key)) ? { body: people } : refusal(status);
    });
    expect(synced?.users).toHaveLength(people.length);
    expect(asked.length).toBeLessThan(40);
  });

  test('after two questions, where the server takes any word', async () => {
    const asked: string[] = [];
    const { synced } = await readFrom((_skip, _limit, query) => {
      asked.push(query.toString());
      return { body: people };
    });
    expect(synced?.users).toHaveLength(people.length);
    expect(asked.filter((query) => query.includes('page'))).toHaveLength(2);
  });

  test('where two words for one thing are refused together', async () => {
    const { synced } = await readFrom((_skip, _limit, query) =>
      query.has('page[number]') || query.has('page[offset]') ? refusal(400) : { body: people },
    );
    expect(synced?.users).toHaveLength(people.length);
  });

  test.each<[word: string, size: string, from: 0 | 1]>([
    ['page', 'per_page', 1],
    ['page', 'no size', 1],
    ['page', 'size', 0],
    ['page[number]', 'page[size]', 1],
    ['pageNumber', 'pageSize', 1],
    ['offset', 'no size', 0],
    ['startIndex', 'count', 1],
  ])('where its next page by %s (and %s, from %i) is empty', async (word, size, from) => {
    for (const list of [people, people.slice(0, 2)]) {
      const { synced } = await readFrom(pagedBy(word, size, list, 50, from));
      expect(synced?.users).toHaveLength(list.length);
    }
  });

  test.each([400, 404, 422])('where its next page is refused with %i', async (status) => {
    const { synced } = await readFrom((_skip, _limit, query) => {
      if (Number(query.get('page') ?? 1) > 1) return { ...refusal(status), body: { detail: 'Invalid page.' } };
      return { body: people };
    });
    expect(synced?.users).toHaveLength(people.length);
  });
});

describe('a first page is not the whole list', () => {
  test.each(['page', 'offset'])('where its next page by %s is empty and says that rows follow', async (word) => {
    const { error } = await readFrom((skip, limit, query) => {
      const { body: data } = pagedBy(word, '', people, 50, word === 'page' ? 1 : 0)(skip, limit, query);
      return { body: { data, has_more: (data as object[]).length === 0 } };
    });
    expect(error).toMatchObject({ code: 'RL-PAGING' });
  });

  test('where limit is heeded, skip is not, and other words are refused', async () => {
    const { error } = await readFrom((_skip, limit, query) =>
      [...query.keys()].every((key) => ['skip', 'limit'].includes(key))
        ? { body: users.slice(0, Math.min(limit, 4)) }
        : refusal(400),
    );
    expect(error).toMatchObject({ code: 'RL-PAGING' });
  });

  test.each<[word: string, size: string, from: 0 | 1]>([
    ['page', 'per_page', 1],
    ['page', 'no size', 1],
    ['page', 'no size', 0],
    ['pageNo', 'no size', 0],
    ['page[number]', 'page[size]', 1],
    ['offset', 'no size', 0],
    ['startIndex', 'count', 1],
    ['startIndex', 'no size', 0],
    ['from', 'size', 0],
  ])('where another comes by %s (and %s, from %i)', async (word, size, from) => {
    // And a first page that lacks but one.
    for (const [length, rows] of [
      [users.length, 4],
      [5, 4],
      [3, 2],
    ] as const) {
      const { error, left } = await readFrom(pagedBy(word, size, users.slice(0, length), rows, from));
      expect(error).toMatchObject({ code: 'RL-PAGING', status: 15 });
      expect(left).toEqual([]);
    }
  });

  test.each(['page', 'offset'])('where the server knows %s and refuses other words', async (word) => {
    const { error } = await readFrom((skip, limit, query) => {
      const isKnown = [...query.keys()].every((key) => ['skip', 'limit', word].includes(key));
      return isKnown ? pagedBy(word, '', users, 4, word === 'page' ? 1 : 0)(skip, limit, query) : refusal(422);
    });
    expect(error).toMatchObject({ code: 'RL-PAGING' });
  });

  test('where one word hides another', async () => {
    const { error } = await readFrom((skip, limit, query) =>
      query.has('page[number]') ? { body: first } : pagedBy('page', '', users, 4)(skip, limit, query),
    );
    expect(error).toMatchObject({ code: 'RL-PAGING' });
  });

  test('where words are heeded only together', async () => {
    const { error } = await readFrom((_skip, _limit, query) => {
      const isPaged = query.has('page') && query.has('per_page');
      return { body: isPaged ? people.slice(1, 2) : people };
    });
    expect(error).toMatchObject({ code: 'RL-PAGING' });
  });

  test.each(['passed over', 'refused'])(
    'where two words are heeded together, one is %s, and others are refused',
    async (alone) => {
      const known = ['skip', 'limit', 'page', 'per_page'];
      const { error } = await readFrom((_skip, _limit, query) => {
        const [page, size] = ['page', 'per_page'].map((word) => query.get(word));
        const isOne = (page === null) !== (size === null);
        if (![...query.keys()].every((key) => known.includes(key)) || (isOne && alone === 'refused'))
          return refusal(422);
        if (isOne || page === null) return { body: people.slice(0, 2) };
        const from = (Number(page) - 1) * Number(size);
        return { body: people.slice(from, from + Number(size)) };
      });
      expect(error).toMatchObject({ code: 'RL-PAGING' });
    },
  );

  test('where its next page holds rows of the first: others are missing', async () => {
    const { error } = await readFrom((_skip, _limit, query) => ({
      body: Number(query.get('page') ?? 1) === 1 ? people : people.slice(0, 2),
    }));
    expect(error).toMatchObject({ code: 'RL-PAGING' });
  });
});

test('a page behind the end that is refused, of pages counted from 0, is no page', async () => {
  const { synced } = await readFrom((skip, limit, query) => {
    const page = pagedBy('page', 'per_page', people, 50, 0)(skip, limit, query);
    return (page.body as object[]).length === 0 ? refusal(400) : page;
  });
  expect(synced?.users).toHaveLength(people.length);
});

describe('a full page is the last where the answer says so', () => {
  test.each<object>([
    { hasMore: false },
    { has_next: false },
    { total_pages: 1 },
    { nextPageToken: null },
    { pagination: { page: 1, has_next: false } },
    { pagination: { current_page: 0, total_pages: 1 } },
  ])('%j', async (said) => {
    const { synced } = await readFrom(() => ({ body: { data: people, page: 1, per_page: people.length, ...said } }));
    expect(synced?.users).toHaveLength(people.length);
  });
});

describe('what names no next page', () => {
  test.each<[body: object, headers?: Record<string, string>]>([
    [{ page: 0, total_pages: 1 }],
    [{ links: [{ rel: 'next', href: null }] }],
    [{ _links: { next: { href: null } } }],
    [{}, { 'x-page': '0', 'x-total-pages': '1' }],
    [{}, { 'x-next-page': '0' }],
    [{}, { 'x-next-page': 'null' }],
    [{}, { 'x-next-page': '' }],
  ])('%j %j', async (body, headers = {}) => {
    const { synced } = await readFrom(() => ({ body: { data: people, ...body }, headers }));
    expect(synced?.users).toHaveLength(people.length);
  });
});

describe('somebody who comes behind the cursor while the list is read', () => {
  test.each<[where: string, page: (rows: object[], total: number) => Page]>([
    ['the body', (data, totalCount) => ({ body: { data, totalCount } })],
    ['a header', (data, total) => ({ body: { data }, headers: { 'x-total-count': String(total) } })],
  ])('and is seen by the total in %s alone is read by the next passes', async (_, page) => {
    let held = users.slice(1, 9);
    const { synced } = await readFrom((_skip, _limit, query) => {
      const cursor = query.get('cursor');
      if (cursor !== null) held = users.slice(0, 9);
      const start = cursor === null ? 0 : held.findIndex(({ id }) => id === cursor) + 1;
      const rows = held.slice(start, start + 4);
      const { body, headers } = page(rows, held.length);
      const next = start + 4 < held.length ? rows.at(-1)?.id : null;
      return { body: { ...body, next_cursor: next }, ...(headers === undefined ? {} : { headers }) };
    });
    expect(synced?.users).toHaveLength(9);
  });
});
