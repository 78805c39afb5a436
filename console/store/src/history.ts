import type { ErrorReport } from '@batonkit/kernel';
import { placeOf } from './cursor.ts';
import type { Queryable } from './db.ts';
import { fail } from './errors.ts';
import { OUTCOME } from './outcome.ts';
import type { Counts, RunOutcome } from '@batonkit/console-domain';
import type {
  CertificateKey,
  Exception,
  Page,
  PagingQuery,
  RequestRecord,
  Span,
  SyncRecord,
  Verdict,
} from './views.ts';

interface SyncRow {
  id: string;
  sync_id: string | null;
  requested_at: string;
  started_at: string | null;
  finished_at: string | null;
  trigger: 'save' | 'manual';
  requested_by: string;
  attempt: number;
  outcome: RunOutcome;
  verdict: Verdict | null;
  exceptions: Exception[] | null;
  dated: Span['kind'] | null;
  plan: string | null;
  planned: string | null;
  requests: number | null;
  signed: boolean | null;
  moment_from: string | null;
  moment_to: string | null;
  after: Counts | null;
  grants_added: number | null;
  grants_removed: number | null;
  error: ErrorReport | null;
  sha256: string | null;
}

/** Runs of a connector with what became of them, newest first. */
export async function listSyncs(q: Queryable, connectorId: string, query: PagingQuery): Promise<Page<SyncRecord>> {
  const place = placeOf('syncs', [connectorId], query);
  const rows = await q.query<SyncRow>(
    `select r.id, r.sync_id, r.requested_at, r.started_at, r.finished_at, r.trigger, r.requested_by, r.attempt,
       ${OUTCOME} as outcome, s.verdict, s.exceptions, s.dated, s.plan,
       r.progress -> 'plan' ->> 'name' as planned, (r.progress ->> 'requests')::integer as requests, s.signed, s.moment_from, s.moment_to, s.comparison -> 'after' as after,
       (s.comparison ->> 'grantsAdded')::integer as grants_added,
       (s.comparison ->> 'grantsRemoved')::integer as grants_removed, r.error, s.sha256
     from sync_run r left join sync s on s.id = r.sync_id
     where r.connector_id = $1 and ($2::text is null
       or (r.requested_at, r.id) < (select requested_at, id from sync_run where id = $2))
     order by r.requested_at desc, r.id desc limit $3`,
    [connectorId, place.after[0] ?? null, place.limit + 1],
  );
  return place.page(
    rows,
    (row) => [row.id],
    (shown) => shown.map(syncRecord),
  );
}

function syncRecord(row: SyncRow): SyncRecord {
  return {
    id: row.id,
    syncId: row.sync_id,
    requestedAt: row.requested_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    trigger: row.trigger,
    requestedBy: row.requested_by,
    attempts: row.attempt,
    outcome: row.outcome,
    verdict: row.verdict,
    exceptions: row.exceptions ?? [],
    span:
      row.dated === null || row.moment_from === null || row.moment_to === null
        ? null
        : { kind: row.dated, from: row.moment_from, to: row.moment_to },
    plan: row.plan ?? row.planned,
    requests: row.requests === 0 ? null : row.requests,
    signed: row.signed,
    counts: row.after,
    grantsAdded: row.grants_added,
    grantsRemoved: row.grants_removed,
    error: row.error,
    sha256: row.sha256,
  };
}

/** Ids of the newest so many runs of each connector. */
export async function newestRuns(q: Queryable, ofEach: number): Promise<string[]> {
  const rows = await q.query<{ id: string }>(
    `select r.id from connector c cross join lateral (
       select id from sync_run where connector_id = c.id order by requested_at desc, id desc limit $1) r`,
    [ofEach],
  );
  return rows.map(({ id }) => id);
}

/**
 * Requests of one run, newest first.
 *
 * @throws BatonError `BK-NOT-FOUND` when the run is not the connector's
 */
export async function listRequests(
  q: Queryable,
  connectorId: string,
  runId: string,
  query: PagingQuery,
): Promise<Page<RequestRecord>> {
  const place = placeOf('requests', [connectorId, runId], query);
  const [run] = await q.query('select id from sync_run where id = $1 and connector_id = $2', [runId, connectorId]);
  if (run === undefined) throw fail('BK-NOT-FOUND', { what: 'sync' });
  const before = place.after[0] === undefined ? null : Number(place.after[0]);
  if (before !== null && !Number.isSafeInteger(before)) throw fail('BK-CURSOR', {});
  const rows = await q.query<RequestRecord & { n: number }>(
    `select n, at, method, path, status, ms, rows, attempt from run_request
     where run_id = $1 and ($2::bigint is null or n < $2) order by n desc limit $3`,
    [runId, before, place.limit + 1],
  );
  return place.page(
    rows,
    (row) => [String(row.n)],
    (shown) => shown.map(({ n: _n, ...request }) => request),
  );
}

/**
 * The public half of a key that signed certificates; kept for ever.
 *
 * @throws BatonError `BK-NOT-FOUND`
 */
export async function getCertificateKey(q: Queryable, keyId: string): Promise<CertificateKey> {
  const [key] = await q.query<CertificateKey>(
    'select key_id as "keyId", public_pem as "publicPem", made_at as "madeAt" from certificate_key where key_id = $1',
    [keyId],
  );
  if (key === undefined) throw fail('BK-NOT-FOUND', { what: 'key' });
  return key;
}

/**
 * A sync's certificate as it was written.
 *
 * @throws BatonError `BK-NOT-FOUND`
 */
export async function getCertificate(q: Queryable, syncId: string): Promise<string> {
  const [sync] = await q.query<{ certificate: string }>('select certificate from sync where id = $1', [syncId]);
  if (sync === undefined) throw fail('BK-NOT-FOUND', { what: 'sync' });
  return sync.certificate;
}

/**
 * Where the file of a sync lies, below the data directory.
 *
 * @throws BatonError `BK-NOT-FOUND`
 */
export async function getSyncPath(q: Queryable, syncId: string): Promise<string> {
  const [sync] = await q.query<{ path: string }>('select path from sync where id = $1', [syncId]);
  if (sync === undefined) throw fail('BK-NOT-FOUND', { what: 'sync' });
  return sync.path;
}

/** The certificate of a connector's newest sync that was taken over; undefined before the first. */
export async function lastCertificate(q: Queryable, connectorId: string): Promise<string | undefined> {
  const [sync] = await q.query<{ certificate: string }>(
    `select certificate from sync where connector_id = $1 and disposition in ('applied', 'unchanged', 'confirmed')
     order by window_end desc, id desc limit 1`,
    [connectorId],
  );
  return sync?.certificate;
}
