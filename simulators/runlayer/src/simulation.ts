import type { Answer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { FaultPlan } from './faults/fault-plan.ts';
import { formOf } from './form/form-of.ts';
import type { Form, Place } from './form/form.ts';
import type { Holds } from './holds.ts';
import type { RequestLog } from './request-log.ts';
import { routerOf, type Router } from './routes.ts';
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
  faults: FaultPlan;
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

/** Puts other behaviours in force. One that goes on under the same words keeps what it has counted so far. */
export function behave(simulation: Simulation, behaviours: readonly Behaviour[]): void {
  simulation.behaviours = behaviours.map((made) => {
    const running = simulation.behaviours.find((behaviour) => behaviour.spec === made.spec);
    if (!running) made.start?.(simulation);
    return running ?? made;
  });
  simulation.form = formOf(simulation.settings, simulation.behaviours);
  simulation.router = routerOf(simulation.form);
}
