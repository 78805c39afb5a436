import { z } from '@hono/zod-openapi';
import { ErrorReport, Exception, Instant, Ksuid, Span, Verdict } from './common.ts';
import { User } from './session.ts';

export const StateName = z.enum(['not_connected', 'syncing', 'processing', 'connected', 'error', 'paused']);
export type StateName = z.infer<typeof StateName>;

/** What the chip says. Computed from facts at a moment, stored nowhere. */
export const State = z
  .object({
    name: StateName,
    label: z.string().openapi({ example: 'Syncing' }),
    /** The line beside the chip; never empty. */
    reason: z.string(),
    since: Instant,
    error: ErrorReport.optional(),
    /** Something to look at although the state is good, such as the age of the data. */
    warning: z.string().optional(),
  })
  .openapi('State');
export type State = z.infer<typeof State>;

/** A state that the newest run has passed. */
export const PassedState = z.object({ name: StateName, label: z.string(), at: Instant }).openapi('PassedState');
export type PassedState = z.infer<typeof PassedState>;

export const ListProgress = z.object({
  name: z.string(),
  pass: z.number().int(),
  received: z.number().int(),
  total: z.number().int().nullable(),
  pages: z.number().int(),
  done: z.boolean(),
});

export const Run = z
  .object({
    id: Ksuid,
    requestedAt: Instant,
    startedAt: Instant.nullable(),
    attempt: z.number().int(),
    phase: z.enum(['queued', 'validate', 'read', 'prove', 'store', 'save', 'ingest']),
    lists: z.array(ListProgress),
    /** Set while the instance asks us to wait. */
    waiting: z.object({ until: Instant, reason: z.string() }).nullable(),
    /** What the program said before it began to read; `requests` is the least that it takes. */
    plan: z.object({ name: z.string(), requests: z.number().int() }).nullable(),
    /** Sent so far. */
    requests: z.number().int(),
  })
  .openapi('Run');
export type Run = z.infer<typeof Run>;

export const Counts = z
  .object({ accounts: z.number().int(), roles: z.number().int(), grants: z.number().int() })
  .openapi('Counts');
export type Counts = z.infer<typeof Counts>;

export const Change = z
  .object({
    kind: z.enum(['gained', 'lost']),
    account: z.object({ name: z.string(), email: z.string().nullable() }),
    role: z.string(),
  })
  .openapi('HeldChange');

/** Somebody who would become an administrator, by these roles; by a flag of the source when there are none. */
export const HeldNewcomer = z
  .object({ account: z.object({ name: z.string(), email: z.string().nullable() }), roles: z.array(z.string()) })
  .openapi('HeldNewcomer');
export type HeldNewcomer = z.infer<typeof HeldNewcomer>;

/** A sync that the guard holds: what it would do, and why it is held. */
export const Held = z
  .object({
    syncId: Ksuid,
    runId: Ksuid,
    at: Instant,
    reasons: z.array(z.object({ code: z.string(), text: z.string() })).min(1),
    before: Counts,
    after: Counts,
    grantsRemoved: z.number().int(),
    grantsAdded: z.number().int(),
    accountsRemoved: z.number().int(),
    accountsAdded: z.number().int(),
    /** Administrators first; at most 100. A newcomer in a held sync is shown at once. */
    administrators: z.array(Change),
    /** Administrators after it who are none before it; at most 100. */
    newcomers: z.array(HeldNewcomer),
  })
  .openapi('Held');
export type Held = z.infer<typeof Held>;

/** `map`: texts by name. */
export const SettingValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.string()),
  z.record(z.string(), z.string()),
]);
export type SettingValue = z.infer<typeof SettingValue>;

export const Setting = z
  .object({
    name: z.string(),
    /** Absent for secrets and for what is not set. */
    value: SettingValue.optional(),
    /** Of a stored secret only this is ever told; `names` of one that is several values by name. */
    secret: z
      .object({ lastFour: z.string(), setAt: Instant, setBy: z.string(), names: z.array(z.string()).nullable() })
      .optional(),
  })
  .openapi('Setting');

export const Connector = z
  .object({
    id: Ksuid,
    name: z.string(),
    catalogId: z.string(),
    app: z.object({ id: Ksuid, name: z.string() }),
    owners: z.array(User),
    createdAt: Instant,
    state: State,
    /** States passed in the newest run, oldest first, so that a page that was away shows each in its turn. */
    passed: z.array(PassedState),
    settings: z.array(Setting),
    run: Run.nullable(),
    held: Held.nullable(),
    /** The newest applied sync. */
    lastGood: z
      .object({
        syncId: Ksuid,
        at: Instant,
        verdict: Verdict,
        exceptions: z.array(Exception),
        span: Span,
        counts: Counts,
      })
      .nullable(),
  })
  .openapi('Connector');
export type Connector = z.infer<typeof Connector>;

export const ConnectorSummary = Connector.omit({ settings: true, held: true, passed: true }).openapi(
  'ConnectorSummary',
);
export type ConnectorSummary = z.infer<typeof ConnectorSummary>;

export const CreateConnector = z
  .object({
    catalogId: z.string(),
    setUp: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('new_app') }),
      z.object({ kind: z.literal('managed_app'), appId: Ksuid }),
    ]),
    ownerIds: z.array(Ksuid).min(1).max(20),
  })
  .openapi('CreateConnector');

export const UpdateConnector = z
  .object({ name: z.string().trim().min(1).max(100).optional(), ownerIds: z.array(Ksuid).min(1).max(20).optional() })
  .openapi('UpdateConnector');

/** An absent or blank secret keeps the stored one; so does a blank value in a map of secrets. */
export const SaveSettings = z.object({ values: z.record(z.string(), SettingValue) }).openapi('SaveSettings');

export const SyncOutcome = z.enum([
  'running',
  'applied',
  'unchanged',
  'held',
  'confirmed',
  'disproved',
  'superseded',
  'failed',
  'cancelled',
]);

export const SyncRecord = z
  .object({
    /** The run's id. */
    id: Ksuid,
    /** The file's own id; absent while there is none. */
    syncId: Ksuid.nullable(),
    requestedAt: Instant,
    startedAt: Instant.nullable(),
    finishedAt: Instant.nullable(),
    trigger: z.enum(['save', 'manual']),
    requestedBy: z.string(),
    attempts: z.number().int(),
    outcome: SyncOutcome,
    verdict: Verdict.nullable(),
    exceptions: z.array(Exception),
    span: Span.nullable(),
    /** How the assignments were read, such as `embedded`. */
    plan: z.string().nullable(),
    /** Requests that its newest attempt sent; null when nothing is known of them. */
    requests: z.number().int().nullable(),
    signed: z.boolean().nullable(),
    counts: Counts.nullable(),
    grantsAdded: z.number().int().nullable(),
    grantsRemoved: z.number().int().nullable(),
    error: ErrorReport.nullable(),
    sha256: z.string().nullable(),
  })
  .openapi('SyncRecord');
export type SyncRecord = z.infer<typeof SyncRecord>;

/** One request of the newest run: no bodies, no values of the tenant, no keys. */
export const RequestRecord = z
  .object({
    at: Instant,
    method: z.string(),
    path: z.string(),
    status: z.number().int().nullable(),
    ms: z.number(),
    rows: z.number().int().nullable(),
    attempt: z.number().int(),
  })
  .openapi('RequestRecord');
export type RequestRecord = z.infer<typeof RequestRecord>;

export const AuditRecord = z
  .object({ id: Ksuid, at: Instant, actor: z.string(), action: z.string(), detail: z.string() })
  .openapi('AuditRecord');
export type AuditRecord = z.infer<typeof AuditRecord>;
