import type { Clock } from '@batonkit/kernel';

/** Without a line for so long, beside the waits that it has announced, a child is ended. Milliseconds. */
export const STALLED = 15 * 60_000;

/** How long a child may be silent. */
export class Patience {
  isOver = false;
  private readonly clock: Clock;
  private until: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.until = clock.monotonic() + STALLED;
  }

  /** @param wait milliseconds that it has said it will wait */
  renew(wait: number): void {
    this.until = this.clock.monotonic() + wait + STALLED;
  }

  /** True when it is over, false when the signal aborts before. */
  async end(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const left = this.until - this.clock.monotonic();
      if (left <= 0) {
        this.isOver = true;
        return true;
      }
      await this.clock.sleep(left, signal).catch(() => undefined);
    }
    return false;
  }
}
