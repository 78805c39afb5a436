import { answersAll, isSame } from './answers-all.ts';
import type { Expected, ListRun, Paging, ReadOptions } from './list-run.ts';
import { PagesAhead } from './pages-ahead.ts';
import type { FetchPage } from './plan.ts';

export interface ListSource {
  name: string;
  path: string;
  page: FetchPage;
  id(row: unknown): string;
  /**
   * With fewer rows than this in a page, a count that is reached ends the list. Else one page more is
   * asked for, which must be empty: counts are capped by some servers, and by others mean the page.
   */
  sureBelow: number;
  /** Shared by all lists under one path: what was found of one saves requests for the others. */
  known: Paging;
  /** What it was like when it was read last. */
  expected?: Expected | undefined;
  /** Called for each page in order, with the rows and their ids; answers how many were new, or `stop`. */
  onPage(rows: readonly unknown[], ids: readonly string[], run: ListRun): number | 'stop';
}

const mostRows = 5_000_000;

/**
 * Reads a list to its end: an empty page, the cursor's end, or a count that is reached where that can be
 * trusted. A short page never ends it, as servers cap pages as they like. The next page starts after the
 * rows received. A list whose second page is its first, and that answers the same to `limit=1` far behind its end and to
 * the words of other ways of paging, is unpaged; where it is paged by such words and has no second page, it came whole.
 *
 * @throws BatonError for a page that is the one before, or adds nothing, of a list that does not move
 */
export async function readList(source: ListSource, options: ReadOptions): Promise<ListRun> {
  const run: ListRun = {
    outcome: 'end',
    count: null,
    countMoved: false,
    isUnpaged: false,
    pages: 0,
    filled: 0,
    received: 0,
    retries: 0,
    pageSize: 0,
    fullest: 0,
    from: 0,
    to: 0,
    firstFrom: 0,
    firstTo: 0,
    limit: undefined,
    cursor: undefined,
  };
  using ahead = new PagesAhead(source.page, options, source.expected);
  /** Rows come again, too, when others are put in before them meanwhile. */
  const astray = (): ListRun => {
    if (run.countMoved || totalMoved) return { ...run, outcome: 'moved' };
    throw options.fail({ kind: 'repeat', list: source.name, path: source.path, page: run.pages });
  };
  let before: readonly string[] = [];
  /** Apart from the count, as it may be of the rows of one page. */
  let totalMoved = false;
  let total: number | undefined;
  for (;;) {
    const page = await ahead.take(run);
    run.pages++;
    run.retries += page.retries;
    // Pages ahead may be answered before the first, when that one is tried again.
    run.from = run.from === 0 ? page.sentAt : Math.min(run.from, page.sentAt);
    run.to = Math.max(run.to, page.receivedAt);
    run.firstFrom ||= page.sentAt;
    run.firstTo ||= page.receivedAt;
    run.limit = page.limit;
    run.pageSize = Math.max(run.pageSize, page.limit ?? page.rows.length);
    run.fullest = Math.max(run.fullest, page.rows.length);
    if (run.pages > 1 && page.count !== run.count) run.countMoved = true;
    run.count = page.count;
    if (run.pages > 1 && page.total !== total) totalMoved = true;
    total = page.total;
    if ((page.count ?? 0) > mostRows || run.received > mostRows) {
      throw options.fail({ kind: 'too-many', list: source.name, path: source.path, limit: mostRows });
    }
    const saysMore = page.isMore === true || typeof page.next === 'string';
    if (page.rows.length === 0) return saysMore ? astray() : run;
    const ids = page.rows.map((row) => source.id(row));
    if (isSame(ids, before)) {
      const isAll = run.filled === 1 && run.cursor === undefined && (run.count === null || run.count === run.received);
      // One that says that rows follow is paged, only not in the way that was asked for.
      if (!isAll || saysMore || !(await answersAll(source, options.signal, ids, run))) return astray();
      return run;
    }
    before = ids;
    run.filled++;
    run.received += page.rows.length;
    const isReached = run.count !== null && run.received >= run.count;
    const isSure =
      page.next === undefined &&
      !saysMore &&
      ((isReached && page.rows.length < source.sureBelow) ||
        (source.known.isUnpaged &&
          run.received <= (source.known.unpagedUpTo ?? 0) &&
          run.filled === 1 &&
          (run.count === null || isReached)));
    // Before the rows are taken, which others can be waited for meanwhile.
    if (page.next === undefined && !isSure) ahead.plan(run, page);
    const added = source.onPage(page.rows, ids, run);
    if (added === 'stop') return { ...run, outcome: 'stop' };
    // The last rows may all be ones that moved behind the reader: then the count tells that others are missing.
    if (added === 0 && run.received !== run.count) return astray();
    if (page.next === null) return saysMore ? astray() : run;
    if (page.next !== undefined) {
      if (page.next === run.cursor) return astray();
      run.cursor = page.next;
      continue;
    }
    if (isSure) {
      run.isUnpaged ||= source.known.isUnpaged && run.filled === 1;
      return run;
    }
  }
}
