import type { Clock } from '@batonkit/kernel';
import { fail } from './errors.ts';

const FIFTEEN_MINUTES_MS = 15 * 60_000;

/**
 * Ends a sync in which nothing arrives any more. Rows touch it, and so does whatever the caller knows
 * of progress inside the connector, which may read for hours before it serves its first row.
 */
export class ProgressClock {
  readonly limitMs: number;
  private readonly clock: Clock;
  private last: number;

  constructor(clock: Clock, limitMs = FIFTEEN_MINUTES_MS) {
    this.clock = clock;
    this.limitMs = limitMs;
    this.last = clock.monotonic();
  }

  touch(): void {
    this.last = this.clock.monotonic();
  }

  /** @throws BatonError `BK-NO-PROGRESS` (exit 14) */
  check(): void {
    if (this.clock.monotonic() - this.last > this.limitMs) {
      throw fail('BK-NO-PROGRESS', { minutes: Math.round(this.limitMs / 60_000) });
    }
  }
}
