import type { Clock } from '@batonkit/kernel';

/**
 * Lets only so many requests run at once. Halved when the server says that it is too much, and let
 * grow by one for each full round that went well. While the server wants a pause, nothing starts.
 */
export class InFlight {
  private readonly most: number;
  private readonly clock: Clock;
  private allowed: number;
  private running = 0;
  private successes = 0;
  /** Counts the halvings: what was sent before one says nothing about the new limit. */
  private round = 0;
  private pausedUntil = Number.NEGATIVE_INFINITY;
  private readonly waiting = new Set<() => void>();

  constructor(most: number, clock: Clock) {
    this.most = most;
    this.allowed = most;
    this.clock = clock;
  }

  /** @throws the signal's reason, also while it waits for its turn */
  async run<T>(signal: AbortSignal, work: (round: number) => Promise<T>): Promise<T> {
    for (;;) {
      signal.throwIfAborted();
      const pause = this.pausedUntil - this.clock.monotonic();
      if (pause > 0) await this.clock.sleep(pause, signal);
      else if (this.running < this.allowed) break;
      else await this.turn(signal);
    }
    this.running++;
    try {
      return await work(this.round);
    } finally {
      this.running--;
      this.wake();
    }
  }

  /** A request of this round was refused as one too many. */
  slowDown(round: number): void {
    if (round !== this.round) return;
    this.round++;
    this.allowed = Math.max(1, Math.floor(this.allowed / 2));
    this.successes = 0;
  }

  /** Holds back whatever has not started, for so many milliseconds. */
  pause(milliseconds: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.clock.monotonic() + milliseconds);
  }

  wentWell(): void {
    if (this.allowed === this.most || ++this.successes < this.allowed) return;
    this.successes = 0;
    this.allowed++;
    this.wake();
  }

  private wake(): void {
    const [first] = this.waiting;
    first?.();
  }

  private async turn(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.waiting.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      this.waiting.add(go);
      signal.addEventListener('abort', go, { once: true });
    });
    if (signal.aborted) this.wake();
  }
}
