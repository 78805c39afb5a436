import { expect, test } from 'vitest';
import { RecordFinder } from '../src/reading/record-finder.ts';

const { signal } = new AbortController();
const pages = Array.from({ length: 20 }, (_, page) => [0, 1, 2].map((row) => ({ id: `${page}-${row}`, record: page })));

test('looks through each page once, however many rows are sought, and at the same time', async () => {
  let looks = 0;
  const page = (_group: string, index: number) => {
    looks += 1;
    return pages[index] ?? [];
  };
  const finder = new RecordFinder({ page, pages: () => pages.length }, 'users');
  const sought = pages.flat().toReversed();
  const found = await Promise.all(sought.map(({ id }) => finder.find(id, signal)));
  expect(found).toEqual(sought.map(({ record }) => record));
  expect(await finder.find('none', signal)).toBeUndefined();
  expect(looks).toBe(pages.length + sought.length);
});

test('a page that could not be read is looked at again', async () => {
  let isDown = true;
  const page = (_group: string, index: number) => {
    if (index === 1 && isDown) throw new Error('the disk');
    return pages[index] ?? [];
  };
  const finder = new RecordFinder({ page, pages: () => 2 }, 'users');
  await expect(finder.find('1-2', signal)).rejects.toThrow('the disk');
  isDown = false;
  expect(await finder.find('1-2', signal)).toBe(1);
});
