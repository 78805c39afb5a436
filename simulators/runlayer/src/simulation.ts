import type { Answer } from './answer.ts';
import type { Exchange } from './exchange.ts';
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

/** What a running behaviour does to requests. Each part is optional; several behaviours are applied in the order given. */
export interface Acting {
  /** Once, when it is switched on. */
  readonly start?: (simulation: Simulation) => void;
  /** Before the tenant is asked. */
  readonly wait?: (exchange: Exchange, gone: AbortSignal) => Promise<void>;
  /** The page size that the server really uses. */
  readonly limit?: (limit: number) => number;
  /** Changes the answer; may also change the tenant, before the answer leaves. */
  readonly change?: (answer: Answer, exchange: Exchange, simulation: Simulation) => Answer;
}

/** A behaviour that runs, with the words it was asked for in. */
export interface Behaviour extends Acting {
  readonly spec: string;
}
