import { linkAbort } from '@batonkit/kernel';
import type { Expected, ListRun, ReadOptions } from './list-run.ts';
import type { FetchPage, PageAnswer } from './plan.ts';

type Page = Extract<PageAnswer, { kind: 'page' }>;

/**
 * Fetches pages ahead of their turn: the rest of a list as soon as its first page says how much that is, and the first
 * ones of a list that was read before together with it. A page ahead is taken only where the rows received so far end
 * at its beginning: of a list that is not what was expected, it is thrown away.
 */
export class PagesAhead implements Disposable {
  private readonly fetch: FetchPage;
  private readonly options: ReadOptions;
  private readonly expected: Expected | undefined;
  private readonly pages = new Map<number, Promise<PageAnswer>>();
  private linked;
  private step = 0;

  constructor(fetch: FetchPage, options: ReadOptions, expected?: Expected) {
    this.fetch = fetch;
    this.options = options;
    this.expected = expected;
    this.linked = linkAbort(options.signal);
  }

  async take(run: ListRun): Promise<Page> {
    const { sizes } = this.options;
    const isFirst = run.pages === 0;
    // Pages ahead begin at rows: none of them is what a cursor leads to.
    if (run.cursor !== undefined) this.drop();
    const ahead = this.pages.get(run.received);
    this.pages.delete(run.received);
    const started = ahead ?? this.start(run.received, isFirst, run.cursor);
    if (isFirst) this.startExpected();
    for (let answer = await started; ;) {
      if (answer.kind === 'page') {
        sizes.settle(answer.limit);
        return answer;
      }
      // A refusal is taken as one of the size only where it is tried out: on the first page.
      if (answer.kind === 'absent' || run.pages > 0 || !sizes.shrink()) throw answer.error;
      this.drop();
      answer = await this.start(0, true);
    }
  }

  /** Starts what will surely be asked for, if pages go on like the one just received. */
  plan(run: ListRun, page: Page): void {
    const rows = page.rows.length;
    if (this.step === 0) {
      if (rows !== this.expected?.step) this.drop();
      this.step = rows;
    }
    // Pages of another size than thought: those ahead start at the wrong rows.
    if (rows !== this.step && run.received !== run.count) {
      this.step = -1;
      this.drop();
    }
    if (this.step >= 1 && run.count !== null) this.startUpTo(run.received, run.count, this.options.lanes);
  }

  [Symbol.dispose](): void {
    this.linked.abort();
    this.linked[Symbol.dispose]();
  }

  /** Beside the first page, which is under way. */
  private startExpected(): void {
    const { expected } = this;
    const { sizes, lanes } = this.options;
    if (expected === undefined) return;
    const { count, step, limit = sizes.current } = expected;
    if (limit !== sizes.current || step > (limit ?? 0)) return;
    this.startUpTo(step, count, lanes - 1);
  }

  /** The pages to the last, and the one after it, which shows that it is the last. */
  private startUpTo(received: number, count: number, most: number): void {
    const { pages } = this;
    const step = Math.max(1, this.step || (this.expected?.step ?? 0));
    for (let skip = received; pages.size < most; skip = Math.min(skip + step, count)) {
      if (!pages.has(skip)) pages.set(skip, this.start(skip, false));
      if (skip >= count) break;
    }
  }

  private drop(): void {
    if (this.pages.size === 0) return;
    this.pages.clear();
    this[Symbol.dispose]();
    this.linked = linkAbort(this.options.signal);
  }

  private start(skip: number, isFirstPage: boolean, cursor?: string): Promise<PageAnswer> {
    const { sizes } = this.options;
    const answer = this.fetch({
      skip,
      limit: sizes.current,
      retryLimit: (attempt) => sizes.forTry(attempt, isFirstPage),
      signal: this.linked.signal,
      ...(cursor === undefined ? {} : { cursor }),
    });
    answer.catch(() => {});
    return answer;
  }
}
