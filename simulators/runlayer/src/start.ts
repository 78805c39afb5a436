import { behaviourOf } from './behaviours/index.ts';
import type { DataDirectory, Saved } from './data-directory.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { formOf } from './form/form-of.ts';
import { Holds } from './holds.ts';
import { RequestLog } from './request-log.ts';
import { routerOf } from './routes.ts';
import { serve, type Running } from './server.ts';
import { behave } from './behave.ts';
import type { Simulation } from './simulation.ts';
import { Tenant } from './tenant.ts';

export interface Started extends Running {
  readonly tenant: Tenant;
  readonly simulation: Simulation;
}

/** What only this run has: nothing of it is kept. */
export interface Extra {
  /** `NAME@n…`, as on the command line. */
  readonly faults?: readonly string[] | undefined;
  /** Draws the faults instead. */
  readonly faultSeed?: number | undefined;
  readonly latency?: number | undefined;
  /** PEM texts; with them the server speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

/** Makes the tenant, replays what happened to it before, and serves it. */
export async function start(
  saved: Saved,
  behaviours: readonly string[],
  data: DataDirectory | undefined,
  now: () => Date,
  extra: Extra = {},
): Promise<Started> {
  const log = new RequestLog();
  const tenant = new Tenant(
    saved,
    now,
    (change) => data?.append(change),
    () => log.total,
  );
  tenant.replay(data?.changes() ?? []);
  const settings = { assignments: saved.assignments, maxLimit: saved.maxLimit, latency: extra.latency ?? 0 };
  const form = formOf(settings, []);
  const simulation: Simulation = {
    tenant,
    settings,
    holds: new Holds(),
    log,
    adminToken: saved.adminToken,
    now,
    behaviours: [],
    form,
    router: routerOf(form),
    faults:
      extra.faultSeed === undefined
        ? FaultPlan.of(extra.faults ?? [], saved.seed)
        : FaultPlan.drawn(extra.faultSeed, saved.seed, extra.faults ?? []),
    place: undefined,
  };
  behave(simulation, behaviours.map(behaviourOf));
  const running = await serve(simulation, saved.port, extra.tls);
  return { ...running, tenant, simulation };
}
