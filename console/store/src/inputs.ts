import type { Counts, Instant, ListFacts, Phase, RunFacts, Tier } from '@batonkit/console-domain';
import type { AccountStatus, AccountType, Exception, HeldChange, HeldNewcomer, Span, Verdict } from './views.ts';

/** A worker's right to a run; void after its time, at the store's next start, and when the run is given out again. */
export interface Lease {
  runId: string;
  connectorId: string;
  catalogId: string;
  /** Proves that this claim holds the run. */
  token: string;
  /** `fetch`: start the connector's program. `ingest`: its file is here, take it into the ledger. */
  part: 'fetch' | 'ingest';
  /** Counts from 1. `attempt - 1` attempts of this part ended without a result. */
  attempt: number;
  claimedAt: Instant;
  /** In the ingest part: the file to take in. */
  artefact: Artefact | null;
}

/** What `renewLease` and `recordProgress` answer. */
export type LeaseAnswer = 'held' | 'cancelled' | 'lost';

export interface Progress {
  phase: Phase;
  lists: ListFacts[];
  waiting: { until: Instant; reason: string } | null;
  plan: RunFacts['plan'];
  /** Sent so far. */
  requests: number;
}

export interface Artefact {
  syncId: string;
  /** Where the file lies, relative to the data directory. */
  path: string;
  sha256: string;
  contentDigest: string;
  bytes: number;
}

/** What the ledger needs of a certificate; the caller has verified it against the artefact. */
export interface CertificateFacts {
  /** The certificate as it was written. */
  text: string;
  verdict: Verdict;
  exceptions: Exception[];
  span: Span;
  /** Whether nothing was compared with a second reading. */
  readOnce: boolean;
  plan: string;
  connectorType: string;
  /** Which instance was read. */
  origin: string;
  owner: { id: string; roles: string[] };
  /** The public half of the key that signed it, as PEM; null: it is unsigned. The caller has verified the signature. */
  key: { id: string; publicPem: string } | null;
}

export interface StagedResource {
  type: string;
  externalId: string;
  trait: 'user' | 'role' | 'other';
  name: string;
  /** Of trait user. */
  account?: {
    email: string | null;
    login: string | null;
    status: AccountStatus;
    type: AccountType;
    createdAt: Instant | null;
    /** Opens no interval; only its newest value is kept. */
    lastLoginAt: Instant | null;
    /** Said to be an administrator by a flag of the source. */
    byFlag: boolean;
    profile: { key: string; value: string }[];
  };
  /** Of trait role. */
  role?: { tier: Tier; description: string; capabilities: string[] };
}

export interface StagedEntitlement {
  resourceType: string;
  resourceId: string;
  slug: string;
  externalId: string;
  name: string;
}

export interface StagedGrant {
  resourceType: string;
  resourceId: string;
  slug: string;
  principalType: string;
  principalId: string;
  externalId: string;
}

/** Some rows of a file; any number of them (a few thousand at most), in any order. */
export interface StagedBatch {
  resources?: StagedResource[];
  entitlements?: StagedEntitlement[];
  grants?: StagedGrant[];
}

export interface TypeChange {
  name: string;
  kind: 'resource' | 'entitlement' | 'grant';
  before: number;
  after: number;
  removed: number;
  added: number;
}

/** A staged sync against the last applied state: counts for the guard, a summary for people. */
export interface Comparison {
  syncId: string;
  /** Whether nothing was applied before it. */
  first: boolean;
  /** Whether the last state holds exactly the same. */
  unchanged: boolean;
  /** The input of the domain's `guard`. */
  guard: {
    first: boolean;
    types: TypeChange[];
    accounts: number;
    roles: number;
    emptied: { name: string; tierBefore: Tier; tierAfter: Tier; before: number; after: number }[];
    administrators: number;
    owner: { present: boolean; excepted: boolean; rolesBefore: number | null; rolesAfter: number };
    readOnce: boolean;
  };
  before: Counts;
  after: Counts;
  accountsAdded: number;
  accountsRemoved: number;
  grantsAdded: number;
  grantsRemoved: number;
  administratorChanges: HeldChange[];
  /** Administrators after it who are none before it. */
  newcomers: HeldNewcomer[];
  /** Rows whose texts differ. */
  changed: number;
}
