import { BatonError, Status, type Clock } from '@batonkit/kernel';
import { fail } from './errors.ts';
import type { Reading } from './reading/prove.ts';

/** How long a call waits for the proof before it answers with no rows. */
const patience = 2000;

/** A sync a minute for a week: for so long genuine parents go on with one. */
const MOST_SERVED = 10_000;

/** What a page token stands for: still reading, or a page of proven rows. */
export type Position = { reading: Reading; page: number } | { wait: string };

/** What is known of syncs beyond this process. */
export interface SyncRecord {
  /** Whether nothing of this sync can have left an earlier process. */
  mayBegin(syncId: string): boolean;
  /** Told before the first row of a sync leaves. */
  rowsLeave(syncId: string): void;
}

interface Current {
  syncId: string;
  abort: AbortController;
  result: Promise<Reading>;
  isFailed: boolean;
  /** It failed, and may not fail the next time. */
  isPassing: boolean;
  /** Numbers the answers without rows, so that no token is answered with itself. */
  waits: number;
}

/**
 * The one reading that a connector serves from. The first list call of a sync starts it; until it is
 * proven, calls get fresh `read:<n>` tokens, then `rows:<n>`.
 */
export class CurrentReading implements AsyncDisposable {
  private readonly start: (signal: AbortSignal, syncId: string) => Promise<Reading>;
  private readonly clock: Clock;
  private readonly syncs: SyncRecord | undefined;
  /** The syncs of which rows have left: none of them gets a second reading. */
  private readonly served = new Set<string>();
  private current: Current | undefined;

  constructor(start: (signal: AbortSignal, syncId: string) => Promise<Reading>, clock: Clock, syncs?: SyncRecord) {
    this.start = start;
    this.clock = clock;
    this.syncs = syncs;
  }

  /**
   * Where a call goes on.
   * @throws BatonError when the proof failed, or the token belongs to no reading that is left
   */
  async at(syncId: string, token: string, signal: AbortSignal): Promise<Position> {
    const known = /^(read|rows):(\d{1,9})$/.exec(token);
    if (token !== '' && known === null) throw fail('BK-TOKEN', {});
    if (known?.[1] !== 'rows') this.startAnew(syncId);
    const current = await this.take(syncId, token === '');
    const reading = await this.settled(current, signal);
    if (reading === undefined) return { wait: `read:${++current.waits}` };
    this.serve(syncId);
    return { reading, page: known?.[1] === 'rows' ? Number(known[2]) : 0 };
  }

  /**
   * The proven reading, however long it takes: for a call that has no page token to be asked again with.
   * @throws BatonError when the proof failed
   */
  async whole(syncId: string, signal: AbortSignal): Promise<Reading> {
    const current = await this.take(syncId, true);
    const aborted = Promise.withResolvers<never>();
    const stop = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      const reading = await Promise.race([current.result, aborted.promise]);
      this.serve(syncId);
      return reading;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends a reading that failed, so that the next sync starts anew. */
  async forgetFailure(): Promise<void> {
    if (this.current?.isFailed === true) await this[Symbol.asyncDispose]();
  }

  /** Ends the reading of one sync, or any for a syncer that names none. */
  async forget(syncId: string): Promise<void> {
    if (syncId === '' || this.current?.syncId === syncId) await this[Symbol.asyncDispose]();
  }

  /** Goes on with a reading that was proven before. */
  async adopt(syncId: string, reading: Reading): Promise<void> {
    await this[Symbol.asyncDispose]();
    this.served.add(syncId);
    this.current = {
      syncId,
      abort: new AbortController(),
      result: Promise.resolve(reading),
      isFailed: false,
      isPassing: false,
      waits: 0,
    };
  }

  /** Stops the reading, if one runs; rows that are proven stay on the disk. */
  async leave(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    if (current === undefined) return;
    current.abort.abort();
    const [settled] = await Promise.allSettled([current.result]);
    if (settled.status === 'fulfilled') settled.value.leave();
  }

  /** Stops the reading, if one runs, and deletes its rows. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { current } = this;
    this.current = undefined;
    if (current === undefined) return;
    current.abort.abort();
    const [settled] = await Promise.allSettled([current.result]);
    if (settled.status === 'fulfilled') settled.value[Symbol.dispose]();
  }

  /** Before rows have left, a sync may begin anew: genuine parents ask again after such a failure, for ever. */
  private startAnew(syncId: string): void {
    if (this.current?.syncId !== syncId || !this.current.isPassing) return;
    const { waits } = this.current;
    this.current.abort.abort();
    this.begin(syncId, waits);
  }

  private begin(syncId: string, waits: number): Current {
    const abort = new AbortController();
    const result = this.start(abort.signal, syncId);
    const current: Current = { syncId, abort, result, isFailed: false, isPassing: false, waits };
    current.result.catch((error: unknown) => {
      current.isFailed = true;
      const status = error instanceof BatonError ? error.status : undefined;
      current.isPassing = status === Status.Unavailable || status === Status.DeadlineExceeded;
    });
    this.current = current;
    return current;
  }

  private async take(syncId: string, isFirstPage: boolean): Promise<Current> {
    while (this.current?.syncId !== syncId) {
      if (!isFirstPage) throw this.current === undefined ? fail('BK-TOKEN', {}) : fail('BK-SYNC', {});
      if (!this.mayBegin(syncId)) throw fail('BK-SYNC-OLD', {});
      if (this.current === undefined) return this.begin(syncId, 0);
      await this[Symbol.asyncDispose]();
    }
    return this.current;
  }

  /** A syncer that names no sync cannot be told from one that goes on; genuine ones have long named it. */
  private mayBegin(syncId: string): boolean {
    if (syncId === '') return true;
    return !this.served.has(syncId) && this.syncs?.mayBegin(syncId) !== false;
  }

  private serve(syncId: string): void {
    if (syncId === '' || this.served.has(syncId)) return;
    this.syncs?.rowsLeave(syncId);
    this.served.add(syncId);
    const [oldest = ''] = this.served;
    if (this.served.size > MOST_SERVED) this.served.delete(oldest);
  }

  private async settled({ result }: Current, signal: AbortSignal): Promise<Reading | undefined> {
    const waiting = new AbortController();
    const stop = (): void => waiting.abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const patient = this.clock.sleep(patience, waiting.signal).then(
        () => undefined,
        () => undefined,
      );
      const first = await Promise.race([result, patient]);
      signal.throwIfAborted();
      return first;
    } finally {
      signal.removeEventListener('abort', stop);
      waiting.abort();
    }
  }
}
