// npm run prove -- faults [--plans 10000] [--kills 300] [--seed 1] [--jobs 2]
//   --only SEED runs one plan and tells everything about it
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { faultKinds } from '../../../simulators/runlayer/src/faults/index.ts';
import { drawPlan } from './draw-plan.ts';
import { inLanes } from './in-lanes.ts';
import { runKilled, type KillVerdict } from './kill-run.ts';
import { plantedBugs } from './planted-bugs.ts';
import { runPlan, type Verdict } from './run-plan.ts';
import { Tally } from './tally.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Seeds of one proof never meet those of another. */
const seedOf = (seed: number, n: number): number => seed * 1_000_000 + n;

export async function prove(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      plans: { type: 'string', default: '10000' },
      kills: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      jobs: { type: 'string', default: '2' },
      only: { type: 'string' },
      slice: { type: 'string' },
    },
  });
  if (values.only !== undefined) {
    const verdict = await runPlan(drawPlan(Number(values.only)));
    say(JSON.stringify(verdict, null, 2));
    return verdict.problem === undefined ? 0 : 1;
  }
  if (values.slice !== undefined) {
    const [from = 0, count = 0] = values.slice.split('+').map(Number);
    await inLanes(
      from,
      count,
      6,
      (n) => runPlan(drawPlan(n)),
      (verdict) => say(JSON.stringify(verdict)),
    );
    return 0;
  }
  const started = Date.now();
  const seed = Number(values.seed);
  const plans = Number(values.plans);
  const tally = new Tally(faultKinds.map(({ name }) => name));
  await inProcesses(seedOf(seed, 0), plans, Number(values.jobs), (verdict) => {
    tally.add(verdict);
    if (verdict.problem !== undefined) say(`plan ${verdict.plan.seed}: ${verdict.problem}`);
    if (tally.plans % 500 === 0)
      say(`${tally.plans} plans, ${tally.complete} complete, ${tally.failures.length} failures`);
  });
  const kills: KillVerdict[] = [];
  await inLanes(seedOf(seed, 500_000), Number(values.kills), Number(values.jobs), runKilled, (verdict) => {
    kills.push(verdict);
    if (verdict.problem !== undefined) say(`kill ${verdict.seed}: ${verdict.problem}`);
    if (kills.length % 50 === 0) say(`${kills.length} killed`);
  });
  const bugs = await catchBugs(seed);
  const killed = {
    runs: kills.length,
    killed: kills.filter((each) => each.kills.length > 0).length,
    complete: kills.filter(({ exit }) => exit === 0).length,
    failures: kills.filter(({ problem }) => problem !== undefined),
  };
  const isProven =
    tally.plans === plans &&
    tally.failures.length === 0 &&
    tally.uncovered().length === 0 &&
    tally.share >= 0.3 &&
    killed.failures.length === 0 &&
    bugs.every(({ caughtBy }) => caughtBy !== null);
  const result = {
    proof: 'faults',
    isProven,
    commit: git('rev-parse', 'HEAD'),
    isClean: git('status', '--porcelain', '--', 'sdk', 'connectors', 'simulators', 'tools') === '',
    seed,
    count: tally.plans + kills.length,
    seconds: Math.round((Date.now() - started) / 1000),
    ...tally.report(),
    killed,
    plantedBugs: bugs,
  };
  mkdirSync(`${root}docs/proof`, { recursive: true });
  writeFileSync(`${root}docs/proof/faults.json`, `${JSON.stringify(result, null, 2)}\n`);
  say(
    `${isProven ? 'Proven' : 'NOT proven'}: ${tally.plans} plans, ${(100 * tally.share).toFixed(0)} % complete, ` +
      `${tally.failures.length + killed.failures.length} failures, ${kills.length} killed, ` +
      `never fired: ${tally.uncovered().join(', ') || 'none'}.`,
  );
  return isProven ? 0 : 1;
}

/** Until the judge objects to each, on runs made for it. */
export async function catchBugs(seed: number, most = 60): Promise<{ name: string; caughtBy: number | null }[]> {
  const found: { name: string; caughtBy: number | null }[] = [];
  for (const bug of plantedBugs) {
    let caughtBy: number | null = null;
    for (let n = 0; n < most && caughtBy === null; n++) {
      const verdict = await runPlan(bug.provoke(drawPlan(seedOf(seed, 900_000 + n))), bug.definition);
      if (verdict.problem !== undefined) caughtBy = verdict.plan.seed;
    }
    found.push({ name: bug.name, caughtBy });
  }
  return found;
}

async function inProcesses(from: number, count: number, jobs: number, done: (verdict: Verdict) => void): Promise<void> {
  const size = 250;
  const slices = Array.from({ length: Math.ceil(count / size) }, (_, n) => n);
  await inLanes(
    0,
    slices.length,
    jobs,
    async (n) => {
      const slice = `${from + n * size}+${Math.min(size, count - n * size)}`;
      const child = spawn(process.execPath, [`${root}tools/prove.ts`, 'faults', '--slice', slice], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      createInterface({ input: child.stdout }).on('line', (line) => done(JSON.parse(line) as Verdict));
      const [code] = (await once(child, 'close')) as [number | null];
      if (code !== 0) throw new Error(`The plans ${slice} ended with ${code}.`);
    },
    () => undefined,
  );
}

const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
