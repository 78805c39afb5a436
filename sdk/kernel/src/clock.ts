import { setTimeout as delay } from 'node:timers/promises';

/** The only way to the time. Tests pass a virtual one, so that no test waits. */
export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds that never go back, for durations. */
  monotonic(): number;
  /** Waits; rejects with the signal's reason when it aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    try {
      await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};

/** A clock that stands until it is moved. `sleep` moves it and returns at once. */
export class VirtualClock implements Clock {
  /** All waits that were asked for, in milliseconds. */
  readonly slept: number[] = [];
  private readonly start: number;
  private time: number;

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.start = start;
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time - this.start;
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(milliseconds);
    this.time += milliseconds;
    // Others run in between, as they would during a real wait.
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
}
