import { createHash } from 'node:crypto';
import { fail } from './errors.ts';
import type { Page, PagingQuery } from './views.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/**
 * Where a page of a list begins. The cursor holds ids only, as it travels in an address: names and mail addresses
 * would end up in logs.
 */
export interface Place {
  /** Ids of the last row of the page before; empty at the first page. */
  after: string[];
  /** The sync whose state the list shows, fixed by its first page, so that a sync between two pages moves no row. */
  syncId: string | undefined;
  limit: number;
  /** Makes the page of one row more than asked for, and its cursor. */
  page<R, T>(rows: R[], idsOf: (row: R) => string[], view: (rows: R[]) => T[], syncId?: string): Page<T>;
}

/**
 * @param list the list's name
 * @param question all that narrows the list; a cursor of another question is refused
 * @throws BatonError `BK-CURSOR`, `BK-LIMIT`; `BK-CURSOR` also from `page`, when the cursor names no place of the list
 */
export function placeOf(list: string, question: readonly unknown[], query: PagingQuery): Place {
  const limit = query.limit ?? DEFAULT_LIMIT;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) throw fail('BK-LIMIT', {});
  const print = createHash('sha256')
    .update(JSON.stringify([list, ...question.map((part) => part ?? null)]))
    .digest('base64url')
    .slice(0, 12);
  const { after, syncId } = query.cursor === undefined ? { after: [], syncId: undefined } : decode(query.cursor, print);
  return {
    after,
    syncId,
    limit,
    page: (rows, idsOf, view, state) => {
      // There was a row after it when the cursor was given: an empty page would look like the end of the list.
      if (query.cursor !== undefined && rows.length === 0) throw fail('BK-CURSOR', {});
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return {
        items: view(shown),
        next: last === undefined ? null : encode({ q: print, s: state ?? null, a: idsOf(last) }),
      };
    },
  };
}

function encode(content: { q: string; s: string | null; a: string[] }): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

function decode(cursor: string, print: string): { after: string[]; syncId: string | undefined } {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (error) {
    throw fail('BK-CURSOR', {}, { cause: error });
  }
  if (typeof content !== 'object' || content === null) throw fail('BK-CURSOR', {});
  const { q, s, a } = content as Record<string, unknown>;
  if (q !== print || !Array.isArray(a) || a.length === 0 || !a.every(isId)) throw fail('BK-CURSOR', {});
  if (s !== null && !isId(s)) throw fail('BK-CURSOR', {});
  return { after: a, syncId: s ?? undefined };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 300 && !value.includes('\0');
}
