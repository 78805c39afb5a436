import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@batonkit/kernel';
import { start, type Started } from '../../../simulators/runlayer/src/start.ts';
import { drawPlan, type FaultRun } from './draw-plan.ts';
import { judge, type Claim } from './judge.ts';
import { readRows } from './read-rows.ts';
import { States } from './states.ts';

const program = fileURLToPath(new URL('../../../connectors/runlayer/bin/baton-runlayer.js', import.meta.url));

export interface KillVerdict {
  seed: number;
  /** Where it was killed, in words; empty when it had ended before. */
  kills: string[];
  exit: number | null;
  code: string | undefined;
  dated: 'moment' | 'window' | undefined;
  faults: string[];
  problem: string | undefined;
}

/**
 * A real process is killed at some request, or at some line of its progress, the tenant may move on meanwhile, and the
 * same command is given again. What it leaves is judged as always.
 */
export async function runKilled(seed: number): Promise<KillVerdict> {
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random.float() * n);
  const plan = quickPlan(seed);
  const directory = mkdtempSync(join(tmpdir(), 'prove-kill-'));
  const settings = { seed, users: plan.users, customRoles: plan.customRoles };
  const tenant = await start(
    { ...settings, assignments: plan.assignments, maxLimit: plan.maxLimit, port: 0, adminToken: 'prove' },
    plan.behaviours,
    undefined,
    () => new Date(),
    { faults: plan.faults },
  );
  try {
    const file = join(directory, 'sync.c1z');
    const kills: string[] = [];
    let last = await runUntilKilled(tenant, file, plan, below);
    while (last.killedAt !== undefined) {
      kills.push(last.killedAt);
      if (random.float() < 0.3) moveOn(tenant);
      // Now and then what was taken up again is killed, too.
      const isKilledAgain = kills.length < 3 && random.float() < 0.3;
      last = isKilledAgain
        ? await runUntilKilled(tenant, file, plan, below)
        : { killedAt: undefined, ...(await runToEnd(tenant, file, plan)) };
    }
    const { exit, code } = last;
    const base = { seed, kills, exit, code, dated: undefined, faults: plan.faults };
    if (!existsSync(`${file}.cert.json`)) {
      return { ...base, problem: exit === 0 ? 'exit 0 without a certificate' : problemOfFailure(code) };
    }
    const claim = JSON.parse(readFileSync(`${file}.cert.json`, 'utf8')) as Claim;
    const problem = judge(readRows(file), claim, new States(settings, tenant.tenant.changes));
    return { ...base, dated: claim.moment === undefined ? 'window' : 'moment', problem };
  } finally {
    await tenant.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

const problemOfFailure = (code: string | undefined): string | undefined =>
  code === undefined || code.startsWith('BK-') ? `it failed with ${code ?? 'no reason'}` : undefined;

/** What waits for seconds would make three hundred runs a matter of hours. */
function quickPlan(seed: number): FaultRun {
  const plan = drawPlan(seed);
  const quick = /^(?:reset|cut|latency|status@\d+:|delete|insert|promote|demote|replace|move-role|order|rename)/;
  return { ...plan, faults: plan.faults.filter((fault) => quick.test(fault)) };
}

/** Kills it at a request, which then is never answered, or at a line that it prints. Answers where. */
async function runUntilKilled(
  tenant: Started,
  file: string,
  plan: FaultRun,
  below: (n: number) => number,
): Promise<Ended & { killedAt: string | undefined }> {
  const atRequest = below(3) < 2;
  const n = 1 + below(atRequest ? 30 : 60);
  if (atRequest) tenant.simulation.holds.add(n, undefined);
  const child = spawnProgram(tenant, file, plan);
  const ended = once(child, 'close');
  let isKilled = false;
  const kill = (): void => {
    isKilled = child.kill('SIGKILL');
  };
  let lines = 0;
  let last = '{}';
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = line;
    if (!atRequest && ++lines === n) kill();
  });
  if (atRequest) {
    const gone = new AbortController();
    void ended.then(() => gone.abort());
    await Promise.race([tenant.simulation.holds.untilHeld(60_000, gone.signal), ended]);
    if (tenant.simulation.holds.size > 0) kill();
    else tenant.simulation.holds.forget();
  }
  const [exit] = (await ended) as [number | null];
  tenant.simulation.holds.release();
  // A signal that came after the end killed nobody.
  const killedAt = isKilled && exit === null ? (atRequest ? `request ${n}` : `line ${n}`) : undefined;
  return { killedAt, exit, code: codeOf(last) };
}

interface Ended {
  exit: number | null;
  code: string | undefined;
}

async function runToEnd(tenant: Started, file: string, plan: FaultRun): Promise<Ended> {
  const child = spawnProgram(tenant, file, plan);
  let last = '{}';
  createInterface({ input: child.stdout }).on('line', (line) => (last = line));
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit, code: codeOf(last) };
}

/** Of the last line of progress; a line that a kill cut off has none. */
function codeOf(line: string): string | undefined {
  try {
    return (JSON.parse(line) as { error?: { code: string } }).error?.code;
  } catch {
    return undefined;
  }
}

function spawnProgram(tenant: Started, file: string, plan: FaultRun) {
  const sizes = plan.pageSize === undefined ? [] : ['--page-size', String(plan.pageSize)];
  return spawn(
    process.execPath,
    [program, '--base-url', `${tenant.origin}/api/v1`, '--file', file, '--progress', 'jsonl', ...sizes],
    { env: { BATON_API_KEY: tenant.tenant.keys.super_admin }, stdio: ['ignore', 'pipe', 'ignore'] },
  );
}

/** While nobody looks, somebody leaves and somebody else comes. */
function moveOn({ tenant }: Started): void {
  const leaving = [...tenant.everybody()].find((person) => !tenant.ownsKey(person));
  if (leaving !== undefined) tenant.change({ kind: 'delete', userId: leaving.id }, 'prove');
  const newcomer = { name: 'New Comer', email: 'new.comer@example.com', type: 'user', roles: ['it_admin'] } as const;
  tenant.change({ kind: 'add', userId: tenant.nextId(), ...newcomer }, 'prove');
}
