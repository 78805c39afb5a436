import { nextRunAfterDeath } from '@batonkit/console-domain';
import {
  claimRun,
  endCancelledRun,
  failRun,
  getConnector,
  releaseRun,
  renewLease,
  type Db,
  type Lease,
  type LeaseAnswer,
} from '@batonkit/console-store';
import { BatonError, linkAbort, type Clock, type Random } from '@batonkit/kernel';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { DataDirectory } from '../data/data-directory.ts';
import type { SecretBox } from '../data/secret-box.ts';
import type { Events } from '../events.ts';
import { ingestRun } from '../ingest/ingest-run.ts';
import type { Log } from '../logger.ts';
import { fetchRun } from './fetch-run.ts';
import { sweepLogs } from './sweep-logs.ts';

export interface WorkerOptions {
  db: Db;
  catalogue: Catalogue;
  secretBox: SecretBox;
  data: DataDirectory;
  events: Events;
  clock: Clock;
  random: Random;
  log: Log;
  /** On this machine, that a connector may reach. */
  allowedOrigins: readonly string[];
  /** Names this process in the leases. */
  name: string;
}

const LEASE = 120_000;
/** How often a lease is renewed, and with it a wish to stop is seen. */
const RENEW = 1_000;
const POLL = 1_000;
/** Runs at a time. */
const SLOTS = 2;

/** Takes runs that are asked for and brings them to their end. */
export class Worker {
  private readonly options: WorkerOptions;
  private readonly stopping = new AbortController();
  private readonly busy = new Set<Promise<void>>();
  private wakeUp = (): void => {};
  private looping: Promise<void> | undefined;

  constructor(options: WorkerOptions) {
    this.options = options;
  }

  start(): void {
    this.looping = this.loop();
  }

  /** Looks for work now, rather than at the next poll. */
  wake(): void {
    this.wakeUp();
  }

  /** Ends what runs, without a verdict on it: after the next start it is begun again. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.looping;
    await Promise.allSettled(this.busy);
  }

  private async loop(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => (this.wakeUp = resolve));
      try {
        while (this.busy.size < SLOTS && !signal.aborted && (await this.takeOne()));
      } catch (error) {
        this.options.log.error({ error: nameOf(error) }, 'no run could be claimed');
      }
      using timer = linkAbort(signal);
      await Promise.race([woken, this.options.clock.sleep(POLL, timer.signal).catch(() => undefined)]);
      timer.abort();
    }
  }

  private async takeOne(): Promise<boolean> {
    const { db, name } = this.options;
    const lease = await claimRun(db, name, LEASE);
    if (lease === undefined) return false;
    const work = this.work(lease)
      .catch((error: unknown) => {
        this.options.log.error({ runId: lease.runId, error: nameOf(error) }, 'a run was left by its worker');
      })
      .finally(() => {
        this.busy.delete(work);
        this.wake();
      });
    this.busy.add(work);
    return true;
  }

  private async work(lease: Lease): Promise<void> {
    const { db, log, clock } = this.options;
    const tell = await this.teller(lease);
    tell();
    // Attempts that ended with the whole console are only seen now.
    const before = nextRunAfterDeath(lease.attempt - 1);
    if (!before.retry) {
      await db.transaction((tx) => failRun(tx, lease, before.error));
      tell();
      return;
    }
    using run = linkAbort(this.stopping.signal);
    let answer: LeaseAnswer = 'held';
    const onLease = (now: LeaseAnswer): void => {
      if (now === 'held' || answer !== 'held') return;
      answer = now;
      run.abort(now);
    };
    using renewing = linkAbort(run.signal);
    // Without its lease nobody knows whose the run is: it is given up, and taken up again at once.
    let broken: string | undefined;
    const renewal = keepLease(db, lease, clock, renewing.signal, onLease).catch((error: unknown) => {
      log.error({ runId: lease.runId, error: nameOf(error) }, 'a lease could not be renewed');
      broken = 'could not renew its lease';
      run.abort(error);
    });
    try {
      const dead = await this.part(lease, run.signal, onLease, tell);
      renewing.abort();
      await renewal;
      if (answer === ('cancelled' as LeaseAnswer)) {
        await db.transaction((tx) => endCancelledRun(tx, lease));
        log.info({ runId: lease.runId }, 'sync stopped');
      } else if (broken !== undefined) await this.bury(lease, broken);
      else if (dead !== undefined && !run.signal.aborted) await this.bury(lease, dead);
    } catch (error) {
      if (this.stopping.signal.aborted || isLost(error)) throw error;
      log.error({ runId: lease.runId, error: nameOf(error) }, 'the end of an attempt could not be recorded');
      await this.bury(lease, 'could not record its end');
    } finally {
      renewing.abort();
      tell();
    }
  }

  /** One part of a run; what it returns is how the attempt died. */
  private async part(
    lease: Lease,
    signal: AbortSignal,
    onLease: (answer: LeaseAnswer) => void,
    tell: () => void,
  ): Promise<string | undefined> {
    const { db, data, log } = this.options;
    try {
      if (lease.part === 'fetch') {
        const renew = async (): Promise<void> => onLease(await renewLease(db, lease, LEASE));
        const outcome = await fetchRun({ ...this.options, lease, signal, renew, onLease, onChange: tell });
        await sweepLogs(db, data).catch((error: unknown) =>
          log.warn({ error: nameOf(error) }, 'logs could not be swept'),
        );
        return outcome?.died;
      }
      await ingestRun({ db, lease, data, signal, log });
      return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (error instanceof BatonError && error.code !== 'BK-LEASE-LOST') {
        await db.transaction((tx) => failRun(tx, lease, error.report));
        log.warn({ runId: lease.runId, part: lease.part, code: error.code }, 'sync failed');
        return undefined;
      }
      log.error({ runId: lease.runId, part: lease.part, error: nameOf(error), at: placeOf(error) }, 'an attempt broke');
      return 'broke off because of a fault of the console';
    }
  }

  /** While the database fails it is tried again: a run that is not given back looks as if it went on. */
  private async bury(lease: Lease, how: string): Promise<void> {
    const { db, log, clock } = this.options;
    const { signal } = this.stopping;
    log.warn({ runId: lease.runId, part: lease.part, attempt: lease.attempt, how }, 'an attempt died');
    const next = nextRunAfterDeath(lease.attempt);
    for (let waited = 0; ; waited += POLL) {
      try {
        await db.transaction((tx) => (next.retry ? releaseRun(tx, lease) : failRun(tx, lease, next.error)));
        return;
      } catch (error) {
        // After that time the lease is over, and the run is taken up without this.
        if (isLost(error) || signal.aborted || waited >= LEASE) throw error;
      }
      await clock.sleep(POLL, signal).catch(() => undefined);
    }
  }

  private async teller(lease: Lease): Promise<() => void> {
    const { db, events } = this.options;
    const { app } = await getConnector(db, lease.connectorId);
    return () => {
      events.publish({ topic: 'connector', id: lease.connectorId });
      events.publish({ topic: 'app', id: app.id });
    };
  }
}

async function keepLease(
  db: Db,
  lease: Lease,
  clock: Clock,
  signal: AbortSignal,
  onLease: (answer: LeaseAnswer) => void,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(RENEW, signal).catch(() => undefined);
    if (!signal.aborted) onLease(await renewLease(db, lease, LEASE));
  }
}

function isLost(error: unknown): boolean {
  return error instanceof BatonError && error.code === 'BK-LEASE-LOST';
}

/** Never the message of an unknown error: it may quote a row. */
function nameOf(error: unknown): string {
  if (error instanceof BatonError) return error.code;
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error ? `${error.name} ${String(error.code)}` : error.name;
}

function placeOf(error: unknown): string | undefined {
  return error instanceof Error
    ? error.stack
        ?.split('\n')
        .find((line) => line.trimStart().startsWith('at '))
        ?.trim()
    : undefined;
}
