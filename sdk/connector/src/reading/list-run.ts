import type { BatonError } from '@batonkit/kernel';
import type { PageSizes } from './page-sizes.ts';
import type { ReadingProblem } from './plan.ts';

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
  /** Sending of the first request and receipt of the last answer, ms since the Unix epoch. */
  from: number;
  to: number;
  /** Receipt of the first answer. */
  firstTo: number;
  /** Where the next page begins, on lists with cursors. */
  cursor: string | undefined;
}

export interface ReadOptions {
  sizes: PageSizes;
  /** Pages in flight, where the count says how many there are. */
  lanes: number;
  signal: AbortSignal;
  fail: (problem: ReadingProblem) => BatonError;
}
