import type { ErrorReport } from '@batonkit/kernel';
import type { Db, Queryable, Transaction } from './db.ts';
import { fail } from './errors.ts';
import { dropStaged } from './ingest/drop-staged.ts';
import { reserve } from './ingest/position.ts';
import type { Artefact, Lease, LeaseAnswer, Progress } from './inputs.ts';
import type { RequestRecord } from './views.ts';

const NO_PROGRESS = JSON.stringify({ lists: [], waiting: null, plan: null, requests: 0 });
/** Of one run's requests the oldest go first. */
const KEPT_REQUESTS = 20_000;

/**
 * Queues a run. Requests of the connector's earlier runs are dropped: the log shows the newest.
 *
 * @returns the run's id
 * @throws BatonError `BK-RUN-OPEN` when one is open
 */
export async function requestRun(
  tx: Transaction,
  run: { connectorId: string; trigger: 'save' | 'manual'; requestedBy: string },
): Promise<string> {
  const id = tx.newId();
  const [made] = await tx.query(
    `insert into sync_run (id, connector_id, trigger, requested_by, requested_at) values ($1, $2, $3, $4, $5)
     on conflict (connector_id) where finished_at is null do nothing returning id`,
    [id, run.connectorId, run.trigger, run.requestedBy, tx.now()],
  );
  if (made === undefined) throw fail('BK-RUN-OPEN', {});
  await tx.query('delete from run_request where run_id in (select id from sync_run where connector_id = $1)', [
    run.connectorId,
  ]);
  return id;
}

interface Claimed {
  id: string;
  connector_id: string;
  catalog_id: string;
  claimed_at: string;
  attempt: number;
  ingest_attempt: number;
  ingest_at: string | null;
}

/**
 * Takes the oldest open run that nobody holds; its fetch part, or its ingest part when its file is here. Whoever held
 * it before without ending it counts as dead. An ingest part reserves the connector's ledger, and is left alone while
 * a held sync of the connector is being confirmed.
 */
export async function claimRun(db: Db, worker: string, leaseMs: number): Promise<Lease | undefined> {
  return db.transaction(async (tx) => {
    await endAbandonedCancels(tx);
    const now = tx.now();
    const token = tx.newId();
    const [run] = await tx.query<Claimed>(
      `update sync_run r set lease_token = $1, worker = $2, lease_until = $4,
         claimed_at = case when r.ingest_at is null then $3 else r.claimed_at end,
         attempt = r.attempt + case when r.ingest_at is null then 1 else 0 end,
         ingest_attempt = r.ingest_attempt + case when r.ingest_at is null then 0 else 1 end,
         phase = case when r.ingest_at is null then 'queued' else 'ingest' end,
         progress = case when r.ingest_at is null then $5::jsonb else r.progress end
       from connector c
       where c.id = r.connector_id and r.id = (
         select o.id from sync_run o
         where o.finished_at is null and (o.lease_until is null or o.lease_until <= $3)
           and o.cancel_requested_at is null
           and (o.ingest_at is null or not exists (
             select from connector busy where busy.id = o.connector_id and busy.ingesting <> o.sync_id))
         order by o.requested_at, o.id limit 1 for update skip locked)
       returning r.id, r.connector_id, c.catalog_id, r.claimed_at, r.attempt, r.ingest_attempt, r.ingest_at`,
      [token, worker, now, later(now, leaseMs), NO_PROGRESS],
    );
    if (run === undefined) return undefined;
    const fetch = run.ingest_at === null;
    const artefact = fetch ? null : await artefactOf(tx, run.id);
    if (artefact !== null) await reserve(tx, run.connector_id, artefact.syncId, true);
    return {
      runId: run.id,
      connectorId: run.connector_id,
      catalogId: run.catalog_id,
      token,
      part: fetch ? 'fetch' : 'ingest',
      attempt: fetch ? run.attempt : run.ingest_attempt,
      claimedAt: run.claimed_at,
      artefact,
    };
  });
}

async function artefactOf(q: Queryable, runId: string): Promise<Artefact | null> {
  const [artefact] = await q.query<Artefact>(
    `select s.id as "syncId", s.path, s.sha256, s.content_digest as "contentDigest", s.bytes
     from sync_run r join sync s on s.id = r.sync_id where r.id = $1`,
    [runId],
  );
  return artefact ?? null;
}

// The worker that should have stopped is dead: the run ends as it was asked to.
async function endAbandonedCancels(tx: Transaction): Promise<void> {
  await tx.query(
    `update sync_run set finished_at = $1, ending = 'cancelled', lease_token = null, lease_until = null
     where finished_at is null and cancel_requested_at is not null and (lease_until is null or lease_until <= $1)`,
    [tx.now()],
  );
}

/** Prolongs a lease, and tells whether the run is to be stopped or belongs to another. */
export async function renewLease(db: Db, lease: Lease, leaseMs: number): Promise<LeaseAnswer> {
  const [run] = await db.query<{ cancelled: boolean }>(
    `update sync_run set lease_until = $3 where id = $1 and lease_token = $2 and finished_at is null
     returning cancel_requested_at is not null as cancelled`,
    [lease.runId, lease.token, later(db.now(), leaseMs)],
  );
  return answer(run);
}

/** Keeps how far a run is; sets its start at the first call. */
export async function recordProgress(db: Db, lease: Lease, progress: Progress): Promise<LeaseAnswer> {
  const [run] = await db.query<{ cancelled: boolean }>(
    `update sync_run set phase = $3, progress = $4, started_at = coalesce(started_at, $5)
     where id = $1 and lease_token = $2 and finished_at is null and ingest_at is null
     returning cancel_requested_at is not null as cancelled`,
    [
      lease.runId,
      lease.token,
      progress.phase,
      JSON.stringify({
        lists: progress.lists,
        waiting: progress.waiting,
        plan: progress.plan,
        requests: progress.requests,
      }),
      db.now(),
    ],
  );
  return answer(run);
}

function answer(run: { cancelled: boolean } | undefined): LeaseAnswer {
  if (run === undefined) return 'lost';
  return run.cancelled ? 'cancelled' : 'held';
}

/** Adds to a run's request log, oldest first. */
export async function recordRequests(db: Db, lease: Lease, requests: RequestRecord[]): Promise<void> {
  if (requests.length === 0) return;
  await db.transaction(async (tx) => {
    const [last] = await tx.query<{ n: number }>('select coalesce(max(n), 0) as n from run_request where run_id = $1', [
      lease.runId,
    ]);
    const first = (last?.n ?? 0) + 1;
    await tx.query(
      `insert into run_request (run_id, n, at, method, path, status, ms, rows, attempt)
       select $1, $2 + (x.ordinal - 1)::integer, x.at, x.method, x.path, x.status, x.ms, x.rows, x.attempt
       from rows from (jsonb_to_recordset($3::jsonb) as (at timestamptz, method text, path text, status integer,
         ms double precision, rows integer, attempt integer))
         with ordinality as x(at, method, path, status, ms, rows, attempt, ordinal)`,
      [lease.runId, first, JSON.stringify(requests)],
    );
    await tx.query('delete from run_request where run_id = $1 and n <= $2', [
      lease.runId,
      first + requests.length - 1 - KEPT_REQUESTS,
    ]);
  });
}

/**
 * Makes sure that the run is this worker's until the transaction ends.
 *
 * @throws BatonError `BK-LEASE-LOST`
 */
export async function holdLease(tx: Transaction, lease: Lease): Promise<void> {
  const [run] = await tx.query(
    'select id from sync_run where id = $1 and lease_token = $2 and finished_at is null for update',
    [lease.runId, lease.token],
  );
  if (run === undefined) throw fail('BK-LEASE-LOST', {});
}

/** Gives a run back after a dead attempt, to be claimed again at once. */
export async function releaseRun(tx: Transaction, lease: Lease): Promise<void> {
  await holdLease(tx, lease);
  await tx.query('update sync_run set lease_token = null, lease_until = null where id = $1', [lease.runId]);
  await freeLedger(tx, lease);
}

// Only what this run had reserved: a held sync of the connector may be in the middle of being confirmed.
async function freeLedger(tx: Transaction, lease: Lease): Promise<void> {
  await tx.query(
    `update connector set ingesting = null
     where id = $1 and ingesting = (select sync_id from sync_run where id = $2)`,
    [lease.connectorId, lease.runId],
  );
}

/** Ends the run in Error, whichever part it is in. A sync that it had staged changes nothing and is dropped. */
export async function failRun(tx: Transaction, lease: Lease, error: ErrorReport): Promise<void> {
  await endRun(tx, lease, 'failed', error);
  const failed = await tx.query<{ id: string }>(
    `update sync set disposition = 'failed', decided_at = $2 where run_id = $1 and disposition = 'pending' returning id`,
    [lease.runId, tx.now()],
  );
  for (const sync of failed) await dropStaged(tx, sync.id);
}

/** Ends a run that was cancelled, after its holder has stopped the child. */
export async function endCancelledRun(tx: Transaction, lease: Lease): Promise<void> {
  await endRun(tx, lease, 'cancelled', null);
}

/** Ends a run, frees its lease and what it had reserved. */
export async function endRun(
  tx: Transaction,
  lease: Lease,
  ending: 'done' | 'failed' | 'cancelled',
  error: ErrorReport | null,
): Promise<void> {
  await holdLease(tx, lease);
  await tx.query(
    `update sync_run set finished_at = $2, ending = $3, error = $4, lease_token = null, lease_until = null where id = $1`,
    [lease.runId, tx.now(), ending, error === null ? null : JSON.stringify(error)],
  );
  await freeLedger(tx, lease);
}

/**
 * Cancels the connector's open run: one that nobody has begun ends at once; the holder of another one is asked to stop.
 *
 * @throws BatonError `BK-CANCEL-NONE`; `BK-CANCEL-LATE` when everything has been read
 */
export async function cancelRun(tx: Transaction, connectorId: string): Promise<'cancelled' | 'asked'> {
  const [run] = await tx.query<{ id: string; held: boolean; late: boolean }>(
    `select id, coalesce(lease_until > $2, false) as held, ingest_at is not null as late from sync_run
     where connector_id = $1 and finished_at is null for update`,
    [connectorId, tx.now()],
  );
  if (run === undefined) throw fail('BK-CANCEL-NONE', {});
  if (run.late) throw fail('BK-CANCEL-LATE', {});
  if (run.held) {
    await tx.query('update sync_run set cancel_requested_at = $2 where id = $1', [run.id, tx.now()]);
    return 'asked';
  }
  await tx.query(`update sync_run set cancel_requested_at = $2, finished_at = $2, ending = 'cancelled' where id = $1`, [
    run.id,
    tx.now(),
  ]);
  return 'cancelled';
}

/** Frees all runs: for the start of the only process that can use this database. */
export async function voidLeases(tx: Transaction): Promise<void> {
  await tx.query('update sync_run set lease_token = null, lease_until = null where finished_at is null');
  await tx.query('update connector set ingesting = null');
  await endAbandonedCancels(tx);
}

function later(instant: string, milliseconds: number): string {
  return new Date(Date.parse(instant) + milliseconds).toISOString();
}
