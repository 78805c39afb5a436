import type { Clock } from '@batonkit/kernel';

/** What waits is bounded: a collector that is down costs what came after this many. */
const MOST_WAITING = 2048;
const MOST_AT_ONCE = 512;
const EVERY_MS = 5000;

export interface BatchOptions<T> {
  clock: Clock;
  send: (items: T[], signal: AbortSignal) => Promise<unknown>;
  /** Told after each call, with what it threw. */
  sent: (error?: unknown) => void;
}

/** Collects what is to be sent and sends it beside the work, one call at a time. A failed call loses its items. */
export class Batch<T> {
  private readonly options: BatchOptions<T>;
  private readonly stop = new AbortController();
  private readonly wake = new AbortController();
  private waiting: T[] = [];
  private sending: Promise<void> | undefined;
  private isClosed = false;

  constructor(options: BatchOptions<T>) {
    this.options = options;
  }

  add(item: T): void {
    if (this.isClosed || this.waiting.length >= MOST_WAITING) return;
    this.waiting.push(item);
    this.sending ??= this.run();
  }

  /** Sends what is left; whoever cannot wait for it leaves. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.wake.abort();
    await this.sending;
  }

  /** Gives up what is left. */
  drop(): void {
    this.isClosed = true;
    this.waiting = [];
    this.stop.abort();
  }

  private async run(): Promise<void> {
    const { clock, send, sent } = this.options;
    while (this.waiting.length > 0) {
      // A few seconds' worth go together; at the end nothing is waited for.
      if (!this.isClosed) await clock.sleep(EVERY_MS, this.wake.signal).catch(() => {});
      const items = this.waiting.splice(0, MOST_AT_ONCE);
      try {
        await send(items, this.stop.signal);
        sent();
      } catch (error) {
        // Telemetry is not what the program is for: it goes on.
        if (!this.stop.signal.aborted) sent(error);
      }
    }
    this.sending = undefined;
  }
}
