import type { PlanDescription } from '@batonkit/connector';
import type { ErrorReport } from '@batonkit/kernel';
import type { Evidence } from '@batonkit/protocol';

export type Phase = 'validate' | 'read' | 'prove' | 'store' | 'save';

export interface Counts {
  resourceTypes: number;
  resources: number;
  entitlements: number;
  grants: number;
}

/** What happens during a run; docs/progress.md describes the lines made of it. No values of the tenant. */
export type ProgressEvent =
  | { type: 'start'; connector: string; version: string; syncId: string }
  | { type: 'phase'; phase: Phase }
  /** Whether the run goes on where an earlier one ended; told if one had left something. */
  | { type: 'resume'; isResumed: true; syncId: string }
  | { type: 'resume'; isResumed: false; why: string }
  /** The run ends, and the next one can go on from there. */
  | { type: 'left'; directory: string; minutes: number }
  | ({ type: 'plan' } & PlanDescription)
  | { type: 'list'; list: string; pass: number; received: number; total?: number; pages: number; done: boolean }
  | {
      type: 'request';
      method: string;
      /** Template, such as `/users/{id}/roles`. */
      path: string;
      skip?: number;
      limit?: number;
      status: number;
      ms: number;
      rows?: number;
      attempt: number;
    }
  | { type: 'wait'; ms: number; reason: string }
  | ({ type: 'stored' } & Counts);

export interface RunResult {
  syncId: string;
  file: string;
  certificate: string;
  sha256: string;
  contentDigest: string;
  counts: Counts & Record<'resourcesByType' | 'entitlementsByType' | 'grantsByType', Record<string, number>>;
}

/** `dryRun`: only the plan was wanted, and no file was made. */
export type Outcome =
  | ({ ok: true } & RunResult)
  | { ok: true; dryRun: true; plan: PlanDescription }
  | { ok: false; error: ErrorReport };

/** Shows a run in one way; `end` comes exactly once and last. */
export interface ProgressView {
  event(event: ProgressEvent): void;
  end(outcome: Outcome, details: EndDetails): void;
}

/** What only the views for people print. */
export interface EndDetails {
  /** What was proven. */
  proof?: Pick<Evidence, 'verdict' | 'moment' | 'window' | 'exceptions' | 'scope'> & { isReadOnce: boolean };
  milliseconds: number;
  /** Of the key that signed the certificate. */
  keyId?: string;
  /** Size of the file. */
  bytes?: number;
  /** How a person calls our other programs here: `npx ` inside a clone, nothing elsewhere. */
  prefix?: string;
  /** All failures of a configuration, which are reported as one error. */
  problems?: readonly ErrorReport[];
}
