// npm run prove -- replicas [--tasks 200] [--kills 44] [--seed 1]
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { killStages, troubles } from './draw-incidents.ts';
import { plantedClients, runPlanted } from './planted-clients.ts';
import { runReplicas } from './run-replicas.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export async function prove(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tasks: { type: 'string', default: '200' },
      kills: { type: 'string', default: '44' },
      seed: { type: 'string', default: '1' },
    },
  });
  const started = Date.now();
  const [seed, tasks, kills] = [Number(values.seed), Number(values.tasks), Number(values.kills)];
  const verdict = await runReplicas({ seed, tasks, kills, say });
  const uncovered = [
    ...killStages.filter((stage) => verdict.kills[stage] === undefined),
    ...troubles.filter((trouble) => verdict.troubles[trouble] === undefined),
  ];
  const plantedBugs = [];
  for (const name of plantedClients.filter((one) => one !== 'none')) {
    const { problems } = await runPlanted(name);
    plantedBugs.push({ name, isCaught: problems.length > 0 });
  }
  const killed = Object.values(verdict.kills).reduce((sum, n) => sum + n, 0);
  const isProven =
    verdict.problems.length === 0 &&
    verdict.shared &&
    uncovered.length === 0 &&
    killed >= Math.min(40, kills) &&
    plantedBugs.every(({ isCaught }) => isCaught);
  const result = {
    proof: 'replicas',
    isProven,
    commit: git('rev-parse', 'HEAD'),
    isClean: git('status', '--porcelain', '--', 'sdk', 'connectors', 'simulators', 'tools') === '',
    seed,
    count: tasks,
    seconds: Math.round((Date.now() - started) / 1000),
    killed,
    uncovered,
    ...verdict,
    failures: verdict.problems,
    plantedBugs,
  };
  mkdirSync(`${root}docs/proof`, { recursive: true });
  writeFileSync(`${root}docs/proof/replicas.json`, `${JSON.stringify(result, null, 2)}\n`);
  for (const problem of verdict.problems) say(problem);
  say(
    `Kills: ${list(verdict.kills)}. Troubles: ${list(verdict.troubles)}. Never happened: ${uncovered.join(', ') || 'none'}.`,
  );
  say(
    `${isProven ? 'Proven' : 'NOT proven'}: ${tasks} tasks by three replicas, ${killed} kills, ${verdict.reissues} given ` +
      `out again, ${verdict.problems.length} problems.`,
  );
  return isProven ? 0 : 1;
}

const list = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, n]) => `${name} ${n}`)
    .join(', ');
const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
