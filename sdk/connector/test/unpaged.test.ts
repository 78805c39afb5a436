import { expect, test } from 'vitest';
import type { Paging } from '../src/reading/list-run.ts';
import { PageSizes } from '../src/reading/page-sizes.ts';
import { readList } from '../src/reading/read-list.ts';
import { fail } from './tenant-of-a-test.ts';

/** Reads a list of so many rows that says no count and knows no way to a second page, but grants 100 rows at most. */
async function readOf(rows: number, known: Paging, mostRows = 100): Promise<number> {
  const all = Array.from({ length: rows }, (_, n) => `r${n}`);
  const run = await readList(
    {
      name: 'members',
      path: '/members',
      sureBelow: 0,
      known,
      id: (row) => String(row),
      page: ({ limit }) =>
        Promise.resolve({
          kind: 'page',
          rows: all.slice(0, Math.min(limit ?? mostRows, mostRows)),
          count: null,
          limit,
          sentAt: 0,
          receivedAt: 0,
          retries: 0,
        }),
      onPage: (page, _ids, { filled }) => (filled === 1 ? page.length : 0),
    },
    { sizes: new PageSizes(100), lanes: 1, signal: new AbortController().signal, fail: () => fail('T-REFUSED', {}) },
  );
  return run.received;
}

test('that the list of one member came whole at any question says nothing of a longer one', async () => {
  const known: Paging = { isUnpaged: false };
  expect(await readOf(1, known)).toBe(1);
  await expect(readOf(250, known)).rejects.toMatchObject({ code: 'T-REFUSED' });
});
