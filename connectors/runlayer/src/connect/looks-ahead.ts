import { linkAbort } from '@batonkit/kernel';

/** What a look at a list gave, if anything was there; `use` tells that it counts. */
export interface Look<P> {
  page: P | undefined;
  use: () => void;
}

/**
 * Looks at places that will be asked anyway, or very likely, all at once and no more than so many: whoever comes to one
 * of them later takes its answer, or its failure, from here. Those that nobody takes mean nothing.
 */
export class LooksAhead<P> implements Disposable {
  private readonly most: number;
  private readonly linked;
  private readonly looks = new Map<string, Promise<Look<P>>>();
  private pending = 0;

  constructor(most: number, signal: AbortSignal) {
    this.most = most;
    this.linked = linkAbort(signal);
  }

  start(place: string, look: (signal: AbortSignal) => Promise<Look<P>>): void {
    if (this.pending >= this.most || this.looks.has(place)) return;
    this.pending++;
    const started = look(this.linked.signal);
    const end = (): void => void this.pending--;
    started.then(end, end);
    this.looks.set(place, started);
  }

  take(place: string): Promise<Look<P>> | undefined {
    const look = this.looks.get(place);
    this.looks.delete(place);
    return look;
  }

  [Symbol.dispose](): void {
    this.linked.abort();
    this.linked[Symbol.dispose]();
  }
}
