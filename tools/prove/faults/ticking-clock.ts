import type { Clock } from '@batonkit/kernel';

/**
 * One clock for the tenant and its reader, in which no two things happen at the same time: each look moves it by a
 * millisecond. Waits pass at once, or nearly: who waits two seconds for others must let them work meanwhile.
 */
export class TickingClock implements Clock {
  private time: number;

  constructor(start = Date.UTC(2026, 10, 24)) {
    this.time = start;
  }

  now(): number {
    return ++this.time;
  }

  monotonic(): number {
    return ++this.time;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', stop);
          this.time += milliseconds;
          resolve();
        },
        Math.min(20, milliseconds / 100),
      );
      signal?.addEventListener('abort', stop, { once: true });
    });
  }
}
