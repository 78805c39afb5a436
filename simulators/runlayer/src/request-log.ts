/** One answered request. Times in ISO 8601, milliseconds. */
export interface LoggedRequest {
  readonly n: number;
  readonly method: string;
  readonly template: string;
  readonly search: string;
  readonly key: string | null;
  readonly status: number | 'gone';
  readonly at: string;
  readonly answeredAt: string;
}

const kept = 20_000;

/** Remembers the newest requests and counts all of them. */
export class RequestLog {
  readonly byMethod: Record<string, number> = {};
  readonly #entries: LoggedRequest[] = [];
  #arrived = 0;

  /** Counts an arrival and gives it its number. */
  arrive(method: string): number {
    this.byMethod[method] = (this.byMethod[method] ?? 0) + 1;
    return ++this.#arrived;
  }

  get total(): number {
    return this.#arrived;
  }

  add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    // Dropped in bulk: shifting one by one would cost more than the request did.
    if (this.#entries.length > kept * 2) this.#entries.splice(0, this.#entries.length - kept);
  }

  /** The newest 20,000 answered requests with a number above `after`, in the order of their answers. */
  after(after: number): LoggedRequest[] {
    return this.#entries.slice(-kept).filter((entry) => entry.n > after);
  }
}
