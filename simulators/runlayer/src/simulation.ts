import type { Answer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { Form, Place } from './form/form.ts';
import type { Holds } from './holds.ts';
import type { RequestLog } from './request-log.ts';
import type { Router } from './routes.ts';
import type { Tenant } from './tenant.ts';

/** Everything that runs in one simulator. */
export interface Simulation {
  readonly tenant: Tenant;
  readonly settings: {
    readonly assignments: 'embedded' | 'per-user';
    readonly maxLimit: number;
    /** Milliseconds before each answer of the tenant. */
    readonly latency: number;
  };
  readonly holds: Holds;
  readonly log: RequestLog;
  readonly adminToken: string;
  readonly now: () => Date;
  behaviours: readonly Behaviour[];
  /** What the behaviours in force make of the API. */
  form: Form;
  router: Router;
  faults: Faults;
  /** Set by a fault: the order of the list of users from then on. */
  place: Place | undefined;
}

/** What a running behaviour does. Each part is optional; several behaviours are applied in the order given. */
export interface Acting {
  /** Changes the form of the API, before it serves. */
  readonly shape?: (form: Form) => void;
  /** Once, when it is switched on. */
  readonly start?: (simulation: Simulation) => void;
  /** Before the tenant is asked. */
  readonly wait?: (exchange: Exchange, gone: AbortSignal) => Promise<void>;
  /** The page size that the server really uses. */
  readonly limit?: (limit: number) => number;
  /** Changes the answer, rows still plain; may also change the tenant, before the answer leaves. */
  readonly change?: (answer: Answer, exchange: Exchange, simulation: Simulation) => Answer;
  /** Changes the answer as it is about to leave. */
  readonly finish?: (answer: Answer, exchange: Exchange, simulation: Simulation) => Answer;
}

/** A behaviour that runs, with the words it was asked for in. */
export interface Behaviour extends Acting {
  readonly spec: string;
}

/** What a fault does to the one request it falls on. Each part is optional. */
export interface Striking {
  /** Whether it can fall on this request at all; without it: on any. One that cannot waits for the next. */
  readonly fits?: (exchange: Exchange) => boolean;
  /** Before the tenant is asked; may change the tenant. */
  readonly before?: (simulation: Simulation, exchange: Exchange, gone: AbortSignal) => void | Promise<void>;
  /** Changes the answer while its rows are still plain. */
  readonly change?: (answer: Answer, exchange: Exchange, simulation: Simulation) => Answer;
  /** Changes the answer as it is about to leave. */
  readonly finish?: (answer: Answer, exchange: Exchange, simulation: Simulation) => Answer;
  /** After the answer was made and before it leaves. */
  readonly after?: (simulation: Simulation) => void;
}

/** Faults that wait for their requests. */
export interface Faults {
  /** Counts a request and answers the faults that fall on it. */
  arrive(exchange: Exchange): readonly Striking[];
  /** What was planned, and what fell on which request. */
  report(): unknown;
}
