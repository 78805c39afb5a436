import type { Behaviour } from './behaviours/behaviour.ts';
import type { Holds } from './holds.ts';
import type { RequestLog } from './request-log.ts';
import type { Tenant } from './tenant.ts';

/** Everything that runs in one simulator. */
export interface Simulation {
  readonly tenant: Tenant;
  readonly settings: { readonly assignments: 'embedded' | 'per-user'; readonly maxLimit: number };
  readonly holds: Holds;
  readonly log: RequestLog;
  readonly adminToken: string;
  readonly now: () => Date;
  behaviours: readonly Behaviour[];
}
