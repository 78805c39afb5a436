import type { BatonError } from '@batonkit/kernel';
import { linkAbort } from '@batonkit/kernel';
import type { PageSizes } from './page-sizes.ts';
import type { FetchPage, PageAnswer, ReadingProblem } from './plan.ts';

type Page = Extract<PageAnswer, { kind: 'page' }>;

/** One list, read once from its beginning to its end. */
export interface ListRun {
  /** The newest count; null when the source says none. */
  count: number | null;
  /** The count was another one in between: the list moved while it was read. */
  countMoved: boolean;
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
}

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
  /** Called for each page in order, with the rows and their ids; answers how many were new, or `stop`. */
  onPage(rows: readonly unknown[], ids: readonly string[], run: ListRun): number | 'stop';
}

export interface ReadOptions {
  sizes: PageSizes;
  /** Pages in flight, where the count says how many there are. */
  lanes: number;
  signal: AbortSignal;
  fail: (problem: ReadingProblem) => BatonError;
}

const mostRows = 5_000_000;

/**
 * Reads a list to its end: an empty page, or a count that is reached where that can be trusted. A short
 * page never ends it, as servers cap pages as they like. The next page starts after the rows received.
 *
 * @returns undefined when `onPage` said stop
 * @throws BatonError for a page that is the one before, or adds nothing
 */
export async function readList(source: ListSource, options: ReadOptions): Promise<ListRun | undefined> {
  const run: ListRun = {
    count: null,
    countMoved: false,
    pages: 0,
    filled: 0,
    received: 0,
    retries: 0,
    pageSize: 0,
    fullest: 0,
    from: 0,
    to: 0,
    firstTo: 0,
  };
  using ahead = new PagesAhead(source.page, options);
  const wrong = (): BatonError =>
    // Rows come again, too, when others are put in before them meanwhile.
    run.countMoved
      ? options.fail({ kind: 'drift', differences: [{ list: source.name, members: 1 }] })
      : options.fail({ kind: 'repeat', list: source.name, path: source.path, page: run.pages });
  let before: readonly string[] = [];
  for (;;) {
    const page = await ahead.take(run);
    run.pages++;
    run.retries += page.retries;
    run.from ||= page.sentAt;
    run.to = Math.max(run.to, page.receivedAt);
    run.firstTo ||= page.receivedAt;
    run.pageSize = Math.max(run.pageSize, page.limit ?? page.rows.length);
    run.fullest = Math.max(run.fullest, page.rows.length);
    if (run.pages > 1 && page.count !== run.count) run.countMoved = true;
    run.count = page.count;
    if ((page.count ?? 0) > mostRows || run.received > mostRows) {
      throw options.fail({ kind: 'too-many', list: source.name, path: source.path, limit: mostRows });
    }
    if (page.rows.length === 0) {
      if (page.isMore === true) throw wrong();
      break;
    }
    const ids = page.rows.map((row) => source.id(row));
    if (ids.length === before.length && ids.every((id, index) => id === before[index])) throw wrong();
    before = ids;
    run.filled++;
    run.received += page.rows.length;
    const added = source.onPage(page.rows, ids, run);
    if (added === 'stop') return undefined;
    if (added === 0) throw wrong();
    const isCounted = run.count !== null && run.received >= run.count;
    if (isCounted && page.rows.length < source.sureBelow && page.isMore !== true) break;
    ahead.plan(run, page);
  }
  return run;
}

/** Fetches pages ahead of their turn while they come in the sizes expected. */
class PagesAhead implements Disposable {
  private readonly fetch: FetchPage;
  private readonly options: ReadOptions;
  private readonly linked;
  private readonly pages = new Map<number, Promise<PageAnswer>>();
  private step = 0;

  constructor(fetch: FetchPage, options: ReadOptions) {
    this.fetch = fetch;
    this.options = options;
    this.linked = linkAbort(options.signal);
  }

  async take(run: ListRun): Promise<Page> {
    const { sizes } = this.options;
    const started = this.pages.get(run.received);
    this.pages.delete(run.received);
    for (let answer = await (started ?? this.start(run.received, run.pages === 0)); ;) {
      if (answer.kind === 'page') {
        sizes.settle(answer.limit);
        return answer;
      }
      // A refusal is taken as one of the size only where it is tried out: on the first page.
      if (answer.kind === 'absent' || run.pages > 0 || !sizes.shrink()) throw answer.error;
      answer = await this.start(0, true);
    }
  }

  /** Starts what will surely be asked for, if pages go on like the one just received. */
  plan(run: ListRun, page: Page): void {
    const rows = page.rows.length;
    if (this.step === 0) this.step = rows;
    // Pages of another size than thought: those ahead start at the wrong rows.
    if (rows !== this.step && run.received !== run.count) {
      this.step = -1;
      this.pages.clear();
    }
    if (this.step < 1 || run.count === null || this.options.lanes < 2) return;
    for (let skip = run.received; skip < run.count && this.pages.size < this.options.lanes; skip += this.step) {
      if (!this.pages.has(skip)) this.pages.set(skip, this.start(skip, false));
    }
    // The page after the last, which shows that it is the last.
    const isAllAhead = run.received + this.pages.size * this.step >= run.count;
    if (isAllAhead && this.pages.size < this.options.lanes && !this.pages.has(run.count)) {
      this.pages.set(run.count, this.start(run.count, false));
    }
  }

  [Symbol.dispose](): void {
    this.linked.abort();
    this.linked[Symbol.dispose]();
  }

  private start(skip: number, isFirstPage: boolean): Promise<PageAnswer> {
    const { sizes } = this.options;
    const answer = this.fetch({
      skip,
      limit: sizes.current,
      retryLimit: (attempt) => sizes.forTry(attempt, isFirstPage),
      signal: this.linked.signal,
    });
    answer.catch(() => {});
    return answer;
  }
}
