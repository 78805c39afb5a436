/** A word of an API by which it is asked for a later page: its number, or the place of its first row. */
export interface PagingWord {
  name: string;
  kind: 'page' | 'row';
}

const pageWords = ['page', 'pageNumber', 'page_number', 'pageNo', 'pageIndex'];
const rowWords = ['offset', 'start', '$skip', 'from', 'startIndex'];
const sizeWords = ['per_page', 'page_size', 'pageSize', 'perPage', 'size', '$top', 'count'];

export const words: readonly PagingWord[] = [
  ...[...pageWords, 'page[number]'].map((name) => ({ name, kind: 'page' as const })),
  ...[...rowWords, 'page[offset]'].map((name) => ({ name, kind: 'row' as const })),
];

/** The second page, of one row, in the words of other APIs; who knows none of them passes over them. */
export function plainWords(row: number): Record<string, number> {
  return { ...all(rowWords, row), ...all(pageWords, 2), ...all(sizeWords, 1) };
}

/** Apart from the others: some servers make one value of `page` and `page[number]`, and heed neither or refuse both. */
export function bracketWords(row: number): Record<string, number> {
  return { 'page[number]': 2, 'page[offset]': row, 'page[size]': 1, 'page[limit]': 1 };
}

/** Words that some servers heed only together; `limit` is asked with each word. */
export const pairs = [
  ['page', 'per_page'],
  ['page', 'page_size'],
  ['page', 'pageSize'],
  ['page', 'perPage'],
  ['page', 'size'],
  ['pageNumber', 'pageSize'],
  ['page_number', 'page_size'],
  ['page[number]', 'page[size]'],
  ['startIndex', 'count'],
  ['from', 'size'],
] as const;

/**
 * Where the next page begins after these rows, by a word that counts from 0, and what a server shows there that counts
 * from 1: the last row, or the first page again.
 */
export function wordAt({ kind }: PagingWord, rows: readonly string[]): { next: number; shown: readonly string[] } {
  return kind === 'page' ? { next: 1, shown: rows } : { next: rows.length, shown: rows.slice(-1) };
}

const all = (names: readonly string[], value: number): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, value]));
