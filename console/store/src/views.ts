import type { Counts, FailureFacts, Instant, Reason, RunFacts, RunOutcome, Tier } from '@batonkit/console-domain';
import type { ErrorReport } from '@batonkit/kernel';

// What readers give: the shapes of the API's views without the connector's state, which is computed from facts.

export type SettingValue = string | number | boolean | string[] | Record<string, string>;

export interface Page<T> {
  items: T[];
  /** Cursor of the next page; null at the end. */
  next: string | null;
}

export interface PagingQuery {
  cursor?: string | undefined;
  /** 1 to 200; 50 when absent. */
  limit?: number | undefined;
}

/** `asOf`: an RFC 3339 instant, or a bare date, which means its end in UTC. Absent: the newest state. */
export interface AsOfQuery {
  asOf?: string | undefined;
}

export interface ListQuery extends PagingQuery, AsOfQuery {}

export interface SearchQuery extends ListQuery {
  /** Part of a name, mail address or id, in any case. */
  query?: string | undefined;
}

export interface Moment {
  from: Instant;
  to: Instant;
}

/**
 * When what a sync read is true. `moment`: all of it at one instant in it. `window`: the tenant changed meanwhile; each
 * thing at some time in it, and nothing that was there all along is missing.
 */
export interface Span extends Moment {
  kind: 'moment' | 'window';
}

export type Verdict = 'complete' | 'complete with exceptions';

/** A judgement about the form of the tenant that somebody overruled. */
export interface Exception {
  name: string;
  reason: string;
  by: string;
  at: Instant;
}

export interface CertificateKey {
  /** Hex SHA-256 of the 32 bytes of the public half. */
  keyId: string;
  publicPem: string;
  madeAt: Instant;
}

export interface Proof {
  syncId: string;
  verdict: Verdict;
  /** None, unless the verdict says so. */
  exceptions: Exception[];
  span: Span;
  appliedAt: Instant;
  confirmedBy: string | null;
  signed: boolean;
}

/** A change lies after `after` (null: it began before the first sync) and not later than `before`. */
export interface Bound {
  after: Instant | null;
  before: Instant;
  syncId: string;
}

export interface Interval {
  from: Bound;
  to: Bound | null;
}

export interface UserView {
  id: string;
  name: string;
}

export interface AppView {
  id: string;
  name: string;
  connectors: { id: string; name: string }[];
  counts: (Counts & { administrators: number }) | null;
  proof: Proof | null;
}

export interface RoleRef {
  id: string;
  name: string;
  tier: Tier;
}

export interface AccountStatus {
  name: 'enabled' | 'disabled' | 'deleted' | 'unspecified';
  source: string;
}

export type AccountType = 'human' | 'service' | 'system' | 'unspecified';

export interface AccountRef {
  id: string;
  name: string;
  email: string | null;
  status: AccountStatus;
  type: AccountType;
}

export interface AccountView extends AccountRef {
  externalId: string;
  login: string | null;
  roles: RoleRef[];
  interval: Interval;
}

export interface AccountDetail extends AccountView {
  createdAt: Instant | null;
  lastLoginAt: Instant | null;
  /** False: of the state asked for, the last login and the like are not known, as only the newest ones are kept. */
  newestKnown: boolean;
  profile: { key: string; value: string }[];
  grants: { role: RoleRef; interval: Interval }[];
  proof: Proof;
}

export interface RoleView extends RoleRef {
  externalId: string;
  description: string;
  entitlement: { externalId: string; slug: string; name: string } | null;
  capabilities: string[];
  holders: number;
  interval: Interval;
}

export interface GrantView {
  externalId: string;
  account: AccountRef;
  role: RoleRef;
  slug: string;
  interval: Interval;
}

export type AdministratorTier = 'critical' | 'high' | 'unclassified';

export interface AdministratorView {
  account: AccountRef;
  tier: AdministratorTier;
  roles: { role: RoleRef; interval: Interval }[];
  byFlag: boolean;
}

/** `raised`, `lowered`: the role itself began or ceased to make administrators. */
export type TimelineKind = 'gained' | 'lost' | 'raised' | 'lowered';

export interface TimelineEntry {
  kind: TimelineKind;
  /** Null when the role itself changed. */
  account: AccountRef | null;
  role: RoleRef;
  /** When the role itself changed: how many accounts held it before and after. */
  holders: number | null;
  bound: Bound;
  first: boolean;
}

/** `proof` null: no complete sync by then, so nothing is known. `total` counts all pages. */
export interface StatePage<T> extends Page<T> {
  proof: Proof | null;
  total: number | null;
}

export interface AdministratorPage extends StatePage<AdministratorView> {
  tiers: Record<AdministratorTier, number>;
  disabled: number;
  axis: Moment | null;
  /** Administrators of a sync that is held, not among the items; none of a past state. */
  newcomers: HeldNewcomer[];
}

/** Facts of a connector's newest run; `console/domain` computes the state from them. */
export type RunView = RunFacts & { id: string };

export interface HeldChange {
  kind: 'gained' | 'lost';
  account: { name: string; email: string | null };
  role: string;
}

/** Somebody who would become an administrator, by these roles; by a flag of the source when there are none. */
export interface HeldNewcomer {
  account: { name: string; email: string | null };
  roles: string[];
}

export interface HeldView {
  syncId: string;
  runId: string;
  at: Instant;
  reasons: Reason[];
  before: Counts;
  after: Counts;
  grantsRemoved: number;
  grantsAdded: number;
  accountsRemoved: number;
  accountsAdded: number;
  /** Of administrators' roles first; at most 100. */
  administrators: HeldChange[];
  newcomers: HeldNewcomer[];
}

export interface LastGood {
  syncId: string;
  at: Instant;
  verdict: Verdict;
  exceptions: Exception[];
  span: Span;
  counts: Counts;
  warnings: Reason[];
}

export interface SettingView {
  name: string;
  value?: SettingValue;
  /** `names`: of a secret of several values; null of a single one. */
  secret?: { lastFour: string; setAt: Instant; setBy: string; names: string[] | null };
}

/** A connector with all that its state is computed from but the form's missing fields. */
export interface ConnectorView {
  id: string;
  name: string;
  catalogId: string;
  app: { id: string; name: string };
  owners: UserView[];
  createdAt: Instant;
  settings: SettingView[];
  run: RunView | null;
  failedBefore: FailureFacts | null;
  held: HeldView | null;
  lastGood: LastGood | null;
}

export interface SyncRecord {
  /** The run's id. */
  id: string;
  syncId: string | null;
  requestedAt: Instant;
  startedAt: Instant | null;
  finishedAt: Instant | null;
  trigger: 'save' | 'manual';
  requestedBy: string;
  attempts: number;
  outcome: RunOutcome;
  verdict: Verdict | null;
  exceptions: Exception[];
  span: Span | null;
  /** How the assignments were read. */
  plan: string | null;
  /** Requests that its newest attempt sent; null before the program said any. */
  requests: number | null;
  signed: boolean | null;
  counts: Counts | null;
  grantsAdded: number | null;
  grantsRemoved: number | null;
  error: ErrorReport | null;
  sha256: string | null;
}

export interface RequestRecord {
  at: Instant;
  method: string;
  path: string;
  status: number | null;
  ms: number;
  rows: number | null;
  attempt: number;
}

export interface AuditRecord {
  id: string;
  at: Instant;
  actor: string;
  action: string;
  detail: string;
}
