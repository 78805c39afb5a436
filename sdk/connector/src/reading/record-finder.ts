import { setImmediate as turn } from 'node:timers/promises';
import type { Spool } from './spool.ts';

/** Finds rows of one group of a sealed spool by their ids: each page is looked through once, however many are sought. */
export class RecordFinder {
  private readonly spool: Pick<Spool, 'page' | 'pages'>;
  private readonly group: string;
  /** The page of each id, of those that were looked through. */
  private readonly places = new Map<string, number>();
  private seen = 0;

  constructor(spool: Pick<Spool, 'page' | 'pages'>, group: string) {
    this.spool = spool;
    this.group = group;
  }

  /** Undefined when there is none. @throws the signal's reason; what the disk says */
  async find(id: string, signal: AbortSignal): Promise<unknown> {
    const { spool, group, places } = this;
    for (;;) {
      const place = places.get(id);
      if (place !== undefined) return spool.page(group, place).find((one) => one.id === id)?.record;
      if (this.seen >= spool.pages(group)) return undefined;
      for (const one of spool.page(group, this.seen))
        if (one.id !== undefined && !places.has(one.id)) places.set(one.id, this.seen);
      this.seen += 1;
      await turn();
      signal.throwIfAborted();
    }
  }
}
