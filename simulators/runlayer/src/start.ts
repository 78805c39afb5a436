import { behaviourOf } from './behaviours/index.ts';
import type { DataDirectory, Saved } from './data-directory.ts';
import { Holds } from './holds.ts';
import { RequestLog } from './request-log.ts';
import { serve, type Running } from './server.ts';
import type { Simulation } from './simulation.ts';
import { Tenant } from './tenant.ts';

export interface Started extends Running {
  readonly tenant: Tenant;
  readonly simulation: Simulation;
}

/** Makes the tenant, replays what happened to it before, and serves it. */
export async function start(
  saved: Saved,
  behaviours: readonly string[],
  data: DataDirectory | undefined,
  now: () => Date,
): Promise<Started> {
  const tenant = new Tenant(saved, now, (change) => data?.append(change));
  tenant.replay(data?.changes() ?? []);
  const simulation: Simulation = {
    tenant,
    settings: { assignments: saved.assignments, maxLimit: saved.maxLimit },
    holds: new Holds(),
    log: new RequestLog(),
    adminToken: saved.adminToken,
    now,
    behaviours: behaviours.map(behaviourOf),
  };
  for (const behaviour of simulation.behaviours) behaviour.start?.(simulation);
  const running = await serve(simulation, saved.port);
  return { ...running, tenant, simulation };
}
