import { linkAbort } from '@batonkit/kernel';
import type { FetchPage, PageAnswer } from './plan.ts';
import type { ListRun, ReadOptions } from './list-run.ts';

type Page = Extract<PageAnswer, { kind: 'page' }>;

/** Fetches pages ahead of their turn while they come in the sizes expected. */
export class PagesAhead implements Disposable {
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
    for (let answer = await (started ?? this.start(run.received, run.pages === 0, run.cursor)); ;) {
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
