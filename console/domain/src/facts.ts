import type { ErrorReport } from '@batonkit/kernel';

/** Instants are RFC 3339 texts in UTC with milliseconds, as the database and the API give them. */
export type Instant = string;

export type Phase = 'queued' | 'validate' | 'read' | 'prove' | 'store' | 'save' | 'ingest';

export type RunOutcome =
  | 'running'
  | 'applied'
  | 'unchanged'
  | 'held'
  | 'confirmed'
  | 'disproved'
  | 'superseded'
  | 'failed'
  | 'cancelled';

export interface ListFacts {
  name: string;
  pass: number;
  received: number;
  total: number | null;
  pages: number;
  done: boolean;
}

/** What is known of a connector's newest run. */
export interface RunFacts {
  requestedAt: Instant;
  claimedAt: Instant | null;
  startedAt: Instant | null;
  attempt: number;
  phase: Phase;
  lists: ListFacts[];
  /** Set while the instance asks us to wait. */
  waiting: { until: Instant; reason: string } | null;
  /** What its program said before it began; null: nothing, or nothing yet. */
  plan: { name: string; requests: number } | null;
  /** Sent so far. */
  requests: number;
  /** When its file had been taken in and the comparing began. */
  ingestAt: Instant | null;
  finishedAt: Instant | null;
  outcome: RunOutcome;
  error: ErrorReport | null;
  /** When a held one was confirmed and applied. */
  confirmedAt: Instant | null;
}

/** How a run failed. */
export interface FailureFacts {
  at: Instant;
  error: ErrorReport | null;
}

export interface Counts {
  accounts: number;
  roles: number;
  grants: number;
}

export interface Reason {
  code: string;
  text: string;
}

/** The newest applied sync. */
export interface AppliedFacts {
  at: Instant;
  counts: Counts;
  warnings: Reason[];
}

/** All that a connector's state is computed from. */
export interface ConnectorFacts {
  createdAt: Instant;
  /** Labels of required fields without a value, in the form's order. */
  missing: string[];
  run: RunFacts | null;
  /** Of the runs that were not cancelled the newest that ended, if it failed. */
  failedBefore: FailureFacts | null;
  held: { at: Instant; reasons: Reason[] } | null;
  lastApplied: AppliedFacts | null;
}

export type StateName = 'not_connected' | 'syncing' | 'processing' | 'connected' | 'error' | 'paused';

export interface State {
  name: StateName;
  label: string;
  /** The line beside the chip; never empty. */
  reason: string;
  since: Instant;
  error?: ErrorReport;
  warning?: string;
}

export interface PassedState {
  name: StateName;
  label: string;
  at: Instant;
}
