import type { Clock, ErrorReport } from '@batonkit/kernel';
import type { Db, Queryable, Transaction } from './db.ts';
import type * as i from './inputs.ts';
import type * as v from './views.ts';

// Signatures first; bodies move into their own files.
const pending = (): never => {
  throw new Error('not built yet');
};

export interface StoreOptions {
  /** Made when absent, mode 0700. The database lies in `<dataDir>/db`. */
  dataDir: string;
  clock: Clock;
  /** Makes public ids: KSUIDs. */
  newId: () => string;
}

export interface Store extends AsyncDisposable {
  readonly db: Db;
  /** Ends the database in order; the same as disposing. */
  close(): Promise<void>;
}

/** Throws BK-LOCK, BK-MIGRATION. Voids all leases. */
export const openStore: (options: StoreOptions) => Promise<Store> = pending;

// people
export const createUser: (tx: Transaction, name: string) => Promise<v.UserView> = pending;
export const listUsers: (q: Queryable) => Promise<v.Page<v.UserView>> = pending;
export const addSignInToken: (
  tx: Transaction,
  token: { userId: string; hash: string; expiresAt: v.Instant },
) => Promise<void> = pending;
/** Undefined: unknown, used or expired. */
export const spendSignInToken: (tx: Transaction, hash: string) => Promise<v.UserView | undefined> = pending;
export const createSession: (
  tx: Transaction,
  session: { userId: string; hash: string; expiresAt: v.Instant },
) => Promise<void> = pending;
export const readSession: (q: Queryable, hash: string) => Promise<v.UserView | undefined> = pending;
export const endSession: (tx: Transaction, hash: string) => Promise<void> = pending;

// connectors
export interface NewConnector {
  catalogId: string;
  name: string;
  app: { kind: 'new'; name: string } | { kind: 'managed'; id: string };
  ownerIds: string[];
}
/** Returns the connector's id. BK-NOT-FOUND for an unknown app or owner; BK-APP-TAKEN when the app has a connector. */
export const createConnector: (tx: Transaction, connector: NewConnector) => Promise<string> = pending;
export const updateConnector: (
  tx: Transaction,
  connectorId: string,
  change: { name?: string; ownerIds?: string[] },
) => Promise<void> = pending;
/** Plain values; replaces all of them. */
export const saveValues: (
  tx: Transaction,
  connectorId: string,
  values: Record<string, v.SettingValue>,
) => Promise<void> = pending;
export const readValues: (q: Queryable, connectorId: string) => Promise<Record<string, v.SettingValue>> = pending;
export const saveSecret: (
  tx: Transaction,
  connectorId: string,
  secret: { name: string; ciphertext: Uint8Array; lastFour: string; setBy: string },
) => Promise<void> = pending;
export const readSecrets: (q: Queryable, connectorId: string) => Promise<{ name: string; ciphertext: Uint8Array }[]> =
  pending;
export const listConnectors: (q: Queryable, query: v.PagingQuery) => Promise<v.Page<v.ConnectorView>> = pending;
/** BK-NOT-FOUND. */
export const getConnector: (q: Queryable, connectorId: string) => Promise<v.ConnectorView> = pending;

// audit
export const addAudit: (
  tx: Transaction,
  entry: { connectorId: string; actor: string; action: string; detail: string },
) => Promise<void> = pending;
export const listAudit: (q: Queryable, connectorId: string, query: v.PagingQuery) => Promise<v.Page<v.AuditRecord>> =
  pending;

// runs
/** BK-RUN-OPEN when one is open. */
export const requestRun: (
  tx: Transaction,
  run: { connectorId: string; trigger: 'save' | 'manual'; requestedBy: string },
) => Promise<string> = pending;
/** The oldest open run that nobody holds, whichever part is next. */
export const claimRun: (db: Db, worker: string, leaseMs: number) => Promise<i.Lease | undefined> = pending;
export const renewLease: (db: Db, lease: i.Lease, leaseMs: number) => Promise<i.LeaseAnswer> = pending;
/** Also sets startedAt at the first call of an attempt. */
export const recordProgress: (db: Db, lease: i.Lease, progress: i.Progress) => Promise<i.LeaseAnswer> = pending;
export const recordRequests: (db: Db, lease: i.Lease, requests: v.RequestRecord[]) => Promise<void> = pending;
/** Gives a run back after a dead attempt, to be claimed again at once. */
export const releaseRun: (tx: Transaction, lease: i.Lease) => Promise<void> = pending;
/** Ends the run in Error (either part); a staged sync of it is dropped. BK-LEASE-LOST. */
export const failRun: (tx: Transaction, lease: i.Lease, error: ErrorReport) => Promise<void> = pending;
/** The holder has stopped its child. */
export const endCancelledRun: (tx: Transaction, lease: i.Lease) => Promise<void> = pending;
/** Ends a queued run at once; asks the holder of a running one to stop. BK-CANCEL-NONE, BK-CANCEL-LATE (processing). */
export const cancelRun: (tx: Transaction, connectorId: string) => Promise<'cancelled' | 'asked'> = pending;
export const listSyncs: (q: Queryable, connectorId: string, query: v.PagingQuery) => Promise<v.Page<v.SyncRecord>> =
  pending;
export const listRequests: (
  q: Queryable,
  connectorId: string,
  runId: string,
  query: v.PagingQuery,
) => Promise<v.Page<v.RequestRecord>> = pending;
/** The certificate's text. BK-NOT-FOUND. */
export const getCertificate: (q: Queryable, syncId: string) => Promise<string> = pending;

// sync and ingest
/** Stores the sync, closes the fetch part, queues the ingest part (Processing), frees the lease; one transaction. Same id and hash again: nothing. BK-LEASE-LOST, BK-SYNC-HASH, BK-SOURCE-CHANGED. */
export const finishSync: (
  tx: Transaction,
  lease: i.Lease,
  artefact: i.Artefact,
  certificate: i.CertificateFacts,
) => Promise<'received' | 'known'> = pending;
/** Drops what an earlier attempt staged, then stages in small transactions. BK-LEASE-LOST. */
export const stageSync: (
  db: Db,
  lease: i.Lease,
  batches: AsyncIterable<i.StagedBatch> | Iterable<i.StagedBatch>,
  signal?: AbortSignal,
) => Promise<void> = pending;
/** BK-INGEST-REFERENCES when a grant or entitlement names a row that is not there; BK-INGEST-TWICE for a doubled row. */
export const compareSync: (db: Db, lease: i.Lease) => Promise<i.Comparison> = pending;
/** Prepares invisibly in small transactions, then switches in one; ends the run; a held sync before it is disproved. */
export const applySync: (
  db: Db,
  lease: i.Lease,
  comparison: i.Comparison,
  warnings: v.Reason[],
) => Promise<'applied' | 'unchanged'> = pending;
/** Keeps the staged rows for Confirm; ends the run as held; an earlier held sync is superseded. */
export const holdSync: (
  tx: Transaction,
  lease: i.Lease,
  comparison: i.Comparison,
  reasons: v.Reason[],
) => Promise<void> = pending;
/** Applies exactly this held sync. BK-HELD-SUPERSEDED when it is not the held one (any more), BK-INGEST-BUSY. */
export const confirmHeld: (db: Db, connectorId: string, syncId: string, user: v.UserView) => Promise<void> = pending;

// apps and the ledger; all BK-NOT-FOUND for an unknown app, BK-CURSOR, BK-AS-OF
export const listApps: (q: Queryable, query: v.PagingQuery) => Promise<v.Page<v.AppView>> = pending;
export const getApp: (q: Queryable, appId: string, query: v.AsOfQuery) => Promise<v.AppView> = pending;
export const listAccounts: (q: Queryable, appId: string, query: v.SearchQuery) => Promise<v.StatePage<v.AccountView>> =
  pending;
export const getAccount: (
  q: Queryable,
  appId: string,
  accountId: string,
  query: v.AsOfQuery,
) => Promise<v.AccountDetail> = pending;
export const listRoles: (q: Queryable, appId: string, query: v.ListQuery) => Promise<v.StatePage<v.RoleView>> = pending;
export const listGrants: (
  q: Queryable,
  appId: string,
  query: v.SearchQuery & { roleId?: string | undefined },
) => Promise<v.StatePage<v.GrantView>> = pending;
export const listAdministrators: (q: Queryable, appId: string, query: v.SearchQuery) => Promise<v.AdministratorPage> =
  pending;
export const listTimeline: (
  q: Queryable,
  appId: string,
  query: v.ListQuery & { accountId?: string | undefined },
) => Promise<v.Page<v.TimelineEntry>> = pending;
