import type { BatonError } from '@batonkit/kernel';
import type { PageSizes } from './page-sizes.ts';
import type { PagingWord } from './paging-words.ts';
import type { ReadingProblem } from './plan.ts';

/** How the lists under one path are paged, as far as it was found by asking. */
export interface Paging {
  /** They answer everything to any request. */
  isUnpaged: boolean;
  /** Rows of the longest of which that was found: of a short one a server may show all, as its last page, to any question. */
  unpagedUpTo?: number;
  /** They are paged by these words, and by no `skip` and `limit`. */
  words?: readonly PagingWord[];
}

/** One list, read once from its beginning. */
export interface ListRun {
  /** `moved`: it changed under the reading so that its end cannot be reached; `stop`: `onPage` said so. */
  outcome: 'end' | 'moved' | 'stop';
  /** The newest count; null when the source says none. */
  count: number | null;
  /** The count was another one in between: the list moved while it was read. */
  countMoved: boolean;
  /** It answers everything to any request: one response. */
  isUnpaged: boolean;
  pages: number;
  /** Pages with rows. */
  filled: number;
  received: number;
  retries: number;
  /** Largest size asked for, or received where none was asked for. */
  pageSize: number;
  /** Rows of the fullest page: servers cap pages without a word. */
  fullest: number;
  /** Sending of the earliest request and receipt of the last answer, ms since the Unix epoch. */
  from: number;
  to: number;
  /** Sending and receipt of the first page. */
  firstFrom: number;
  firstTo: number;
  /** Rows asked for with the newest page. */
  limit: number | undefined;
  /** Where the next page begins, on lists with cursors. */
  cursor: string | undefined;
}

/** What a list was like when it was read last. Nothing is proven by it: it only tells what will be asked for. */
export interface Expected {
  count: number;
  /** Rows of each page but the last. */
  step: number;
  /** The limit for which that is so; absent where any that is large enough gives the list in one page. */
  limit?: number;
}

/** Undefined where the pages of another reading cannot be foretold. */
export function expectedOf(run: ListRun): Expected | undefined {
  const { count, received, filled, fullest: step, limit, isUnpaged, cursor } = run;
  const isPlain = run.outcome === 'end' && !isUnpaged && cursor === undefined && limit !== undefined;
  if (!isPlain || count === null || count !== received || count === 0) return undefined;
  return filled === Math.ceil(count / step) ? { count, step, limit } : undefined;
}

export interface ReadOptions {
  sizes: PageSizes;
  /** Pages in flight, where the count says how many there are. */
  lanes: number;
  signal: AbortSignal;
  fail: (problem: ReadingProblem) => BatonError;
}
