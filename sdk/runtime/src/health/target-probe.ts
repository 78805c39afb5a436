import type { Clock } from '@batonkit/kernel';
import { reportOf } from '@batonkit/kernel';

/** What the last check of the target found. */
export interface ProbeResult {
  /** Monotonic milliseconds at its end. */
  readonly at: number;
  /** Absent: the target answered and took the credentials. */
  readonly error?: string;
}

export interface TargetProbeOptions {
  clock: Clock;
  /** Asks the target once; rejects when it cannot be used. */
  validate: (signal: AbortSignal) => Promise<void>;
  /** Told of each finding that differs from the one before. */
  changed: (result: ProbeResult) => void;
}

/** So long a finding is answered without asking the target again. */
const FRESH_MS = 10_000;
/** So long it is answered while the target is being asked again. */
const USABLE_MS = 60_000;
/** What a prober waits for a newer finding while an older one can be used: less than the usual second. */
const PATIENCE_MS = 500;
/** The limit of the genuine server (protocol: runtime 3.9). */
const LIMIT_MS = 30_000;

/**
 * Whether the target can be used, found out at most every ten seconds and by one request at a time, however
 * often and by however many it is asked. No finding older than a minute is given out.
 */
export class TargetProbe implements Disposable {
  private readonly options: TargetProbeOptions;
  private readonly stop = new AbortController();
  private last: ProbeResult | undefined;
  private asking: Promise<ProbeResult> | undefined;
  /** A call that did not end when it was told to: no other one starts beside it. */
  private isStuck = false;

  constructor(options: TargetProbeOptions) {
    this.options = options;
  }

  /** What is known without asking. */
  get known(): ProbeResult | undefined {
    return this.last;
  }

  async result(): Promise<ProbeResult> {
    const { clock } = this.options;
    const { last } = this;
    const age = last === undefined ? Infinity : clock.monotonic() - last.at;
    if (last !== undefined && age < FRESH_MS) return last;
    if (this.isStuck) return this.found(noAnswer);
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    if (last === undefined || age >= USABLE_MS) return await this.asking;
    return await this.within(PATIENCE_MS, this.asking, () => last);
  }

  [Symbol.dispose](): void {
    this.stop.abort();
  }

  private async ask(): Promise<ProbeResult> {
    const { signal } = this.stop;
    const ended = new AbortController();
    const call = this.call(AbortSignal.any([signal, ended.signal]));
    return await this.within(LIMIT_MS, call, () => {
      this.isStuck = true;
      void call.finally(() => (this.isStuck = false));
      ended.abort();
      return this.found(noAnswer);
    });
  }

  private async call(signal: AbortSignal): Promise<ProbeResult> {
    try {
      await this.options.validate(signal);
      return this.found(undefined, signal);
    } catch (thrown) {
      const { title, code } = reportOf(thrown);
      return this.found(`${title} (${code})`, signal);
    }
  }

  private found(error: string | undefined, signal?: AbortSignal): ProbeResult {
    const result = { at: this.options.clock.monotonic(), ...(error === undefined ? {} : { error }) };
    // What was said of a call that had been given up is no finding.
    if (signal?.aborted === true) return result;
    const isNew = this.last?.error !== error;
    this.last = result;
    if (isNew) this.options.changed(result);
    return result;
  }

  private async within<T>(milliseconds: number, work: Promise<T>, otherwise: () => T): Promise<T> {
    const over = new AbortController();
    try {
      const late = this.options.clock.sleep(milliseconds, over.signal).then(otherwise);
      // Its end after the work has ended is not an error of anybody.
      late.catch(() => {});
      return await Promise.race([work, late]);
    } finally {
      over.abort();
    }
  }
}

const noAnswer = `The target did not answer within ${LIMIT_MS / 1000} seconds.`;
