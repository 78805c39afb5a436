import type { Clock } from '@batonkit/kernel';

/** What waits is bounded: a collector that is down costs what came after this many. */
const MOST_WAITING = 2048;
const MOST_AT_ONCE = 512;
const EVERY_MS = 5000;

/** Collects what is to be sent and sends it beside the work, one call at a time. A failed call loses its items. */
export class Batch<T> {
  private readonly clock: Clock;
  private readonly send: (items: T[], signal: AbortSignal) => Promise<unknown>;
  private readonly stop = new AbortController();
  private readonly wake = new AbortController();
  private waiting: T[] = [];
  private sending: Promise<void> | undefined;
  private isClosed = false;

  constructor(clock: Clock, send: (items: T[], signal: AbortSignal) => Promise<unknown>) {
    this.clock = clock;
    this.send = send;
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
    while (this.waiting.length > 0) {
      // A few seconds' worth go together; at the end nothing is waited for.
      if (!this.isClosed) await this.clock.sleep(EVERY_MS, this.wake.signal).catch(() => {});
      const items = this.waiting.splice(0, MOST_AT_ONCE);
      try {
        await this.send(items, this.stop.signal);
      } catch {
        // Telemetry is not what the program is for.
      }
    }
    this.sending = undefined;
  }
}
