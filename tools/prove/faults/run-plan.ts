import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { start } from '../../../simulators/runlayer/src/start.ts';
import type { FaultRun } from './draw-plan.ts';
import { judge, type Claim } from './judge.ts';
import { quickDirectory } from './quick-directory.ts';
import { readRows } from './read-rows.ts';
import { runInProcess, type Definition } from './run-in-process.ts';
import { States } from './states.ts';
import { TickingClock } from './ticking-clock.ts';

export interface Verdict {
  plan: FaultRun;
  exit: number;
  /** The stable code of the error; undefined after a complete run. */
  code: string | undefined;
  /** How a complete run is dated. */
  dated: 'moment' | 'window' | undefined;
  /** Names of the faults that really fell on a request. */
  fired: string[];
  /** Changes of the tenant. */
  changes: number;
  /** What must never be. */
  problem: string | undefined;
}

/** Runs the whole program, in this process, against a simulated tenant of its own, and judges what it left. */
export async function runPlan(plan: FaultRun, definition?: Definition): Promise<Verdict> {
  const directory = quickDirectory('prove-');
  const clock = new TickingClock();
  const settings = { seed: plan.seed, users: plan.users, customRoles: plan.customRoles };
  const tenant = await start(
    { ...settings, assignments: plan.assignments, maxLimit: plan.maxLimit, port: 0, adminToken: 'prove' },
    plan.behaviours,
    undefined,
    () => new Date(clock.now()),
    { faults: plan.faults },
  );
  try {
    const file = join(directory, 'sync.c1z');
    const sizes = plan.pageSize === undefined ? [] : ['--page-size', String(plan.pageSize)];
    const { exit, result } = await runInProcess({
      baseUrl: `${tenant.origin}/api/v1`,
      key: tenant.tenant.keys.super_admin,
      file,
      flags: ['--http-timeout-seconds', '1', ...sizes],
      clock,
      seed: plan.seed,
      ...(definition === undefined ? {} : { definition }),
    });
    const fired = firedOf(tenant.simulation.faults.report());
    const { changes } = tenant.tenant;
    const base = { plan, exit, code: result.error?.code, dated: undefined, fired, changes: changes.length };
    if (exit !== 0) return { ...base, problem: problemOfFailure(exit, result.error?.code, directory) };
    const claim = JSON.parse(readFileSync(`${file}.cert.json`, 'utf8')) as Claim;
    const problem = judge(readRows(file), claim, new States(settings, changes));
    return { ...base, dated: claim.moment === undefined ? 'window' : 'moment', problem };
  } finally {
    await tenant.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A failed run leaves nothing that looks like a result, and says why in words. */
function problemOfFailure(exit: number, code: string | undefined, directory: string): string | undefined {
  const left = readdirSync(directory).filter((name) => !name.endsWith('.partial'));
  if (left.length > 0 && existsSync(join(directory, 'sync.c1z')))
    return `exit ${exit}, and there is ${left.join(', ')}`;
  if (code === undefined) return `exit ${exit} without a reason`;
  // The connector's own codes are about the tenant. Ours would mean that two parts of us contradict each other.
  return code.startsWith('BK-') ? `it ended with ${code}` : undefined;
}

function firedOf(report: unknown): string[] {
  const { faults } = report as { faults: { name: string; fired: unknown[] }[] };
  return faults.filter(({ fired }) => fired.length > 0).map(({ name }) => name);
}
