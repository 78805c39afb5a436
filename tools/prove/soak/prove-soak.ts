// npm run prove -- soak [--minutes 30]: an idle service with a sync a minute may not grow
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startFakeC1, type FakeC1 } from '@batonkit/conformance';
import { start } from '../../../simulators/runlayer/src/start.ts';
import { Replica } from '../replicas/replica.ts';
import { judgeReplicas } from '../replicas/judge-replicas.ts';
import { States } from '../faults/states.ts';
import { judgeSoak, megabytes } from './judge-soak.ts';
import { sampleProcess, type Sample } from './sample-process.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const SAMPLE_MS = 5000;

export async function prove(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { minutes: { type: 'string', default: '30' } } });
  const minutes = Number(values.minutes);
  const started = Date.now();
  const { samples, problems, idle } = await soak(minutes);
  const { figures, problems: judged } = judgeSoak(minutes, samples, idle);
  problems.push(...judged);
  const result = {
    proof: 'soak',
    isProven: problems.length === 0,
    commit: git('rev-parse', 'HEAD'),
    isClean: git('status', '--porcelain', '--', 'sdk', 'connectors', 'simulators', 'tools') === '',
    seed: 1,
    count: figures.syncs,
    seconds: Math.round((Date.now() - started) / 1000),
    minutes,
    ...figures,
    failures: problems,
  };
  mkdirSync(`${root}docs/proof`, { recursive: true });
  writeFileSync(`${root}docs/proof/soak.json`, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(`${root}docs/proof/soak.csv`, csvOf(samples));
  for (const problem of problems) say(problem);
  say(
    `${result.isProven ? 'Proven' : 'NOT proven'}: ${minutes} minutes, ${figures.syncs} syncs, memory ` +
      `${figures.rssGrowthMbPer10Minutes} MB per 10 minutes, at the end ${figures.rssMb.last} MB, ` +
      `${figures.handlesBetweenSyncs.last} handles, ${figures.cpuPercent} % of a core.`,
  );
  return result.isProven ? 0 : 1;
}

interface Soaked {
  samples: Sample[];
  /** Those taken while no task was under way. */
  idle: Sample[];
  problems: string[];
}

async function soak(minutes: number): Promise<Soaked> {
  const directory = mkdtempSync(join(tmpdir(), 'prove-soak-'));
  const saved = { seed: 1, users: 300, customRoles: 5, assignments: 'embedded', maxLimit: 100 } as const;
  const tenant = await start({ ...saved, port: 0, adminToken: 'prove' }, [], undefined, () => new Date());
  await using c1 = await startFakeC1({ directory: join(directory, 'c1'), nextPollMs: 5000 });
  const bin = fileURLToPath(new URL('../../../connectors/runlayer/bin/baton-runlayer.js', import.meta.url));
  const replica = new Replica({
    hostId: 'soak',
    program: [bin],
    environment: {
      ...c1.environment,
      BATON_BASE_URL: `${tenant.origin}/api/v1`,
      BATON_API_KEY: tenant.tenant.keys.super_admin,
      BATON_LOG_LEVEL: 'warn',
    },
    directory,
    now: () => c1.now(),
  });
  const [samples, idle, problems]: [Sample[], Sample[], string[]] = [[], [], []];
  try {
    const pid = replica.pid ?? 0;
    const began = c1.now();
    const end = minutes * 60_000;
    let given = 0;
    for (let n = 1; ; n++) {
      await wait(Math.max(0, n * SAMPLE_MS - (c1.now() - began)));
      const at = c1.now() - began;
      // The last sync has its minute, too.
      if (at >= given * 60_000 && at < end - 30_000) c1.add(taskOf(given++));
      const wasIdle = isIdle(c1);
      const sample = { at: Math.round(at / 1000), ...sampleProcess(pid, replica.temp), syncs: doneIn(c1) };
      samples.push(sample);
      if (wasIdle && isIdle(c1) && sample.syncs > 0) idle.push(sample);
      if (n % 12 === 0)
        say(`${sample.at} s: ${megabytes(sample.rssKb)} MB, ${sample.handles} handles, ${sample.syncs} syncs`);
      if (at >= end) break;
    }
    if (replica.starts > 1) problems.push(`it ended ${replica.starts - 1} times`);
    if (doneIn(c1) !== given) problems.push(`${doneIn(c1)} of ${given} syncs ended well`);
    const code = await replica.stop();
    if (code !== 0) problems.push(`it ended with ${code} when it was asked to`);
    // Nothing goes wrong here, so every sync is given out once, ends once, and its file holds the tenant.
    problems.push(
      ...judgeReplicas({
        plans: [...c1.tasks.keys()].map((id, at) => ({ id, at })),
        tasks: c1.tasks,
        exchanges: c1.exchanges,
        kills: [],
        lost: [],
        refused: [],
        unexpected: replica.unexpected,
        truth: new States(saved, tenant.tenant.changes).after(0),
        secrets: [tenant.tenant.keys.super_admin, c1.credential.clientSecret],
        places: [{ name: 'its output', bytes: replica.output }],
      }),
    );
    return { samples, idle, problems };
  } finally {
    await replica.stop();
    await tenant.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

const taskOf = (n: number) => ({
  id: `Soak${String(n).padStart(23, '0')}`,
  taskType: { case: 'syncFull', value: { storageEngine: 'sqlite' } } as const,
});
const doneIn = (c1: FakeC1): number =>
  [...c1.tasks.values()].filter(({ finishes }) => finishes[0]?.request.finalState.case === 'success').length;
const isIdle = (c1: FakeC1): boolean => [...c1.tasks.values()].every(({ done, lease }) => done || lease === undefined);

function csvOf(samples: readonly Sample[]): string {
  const lines = samples.map(({ at, rssKb, handles, tempFiles, threads, cpuMs, syncs }) =>
    [at, rssKb, handles, tempFiles, threads, cpuMs, syncs].join(','),
  );
  return `seconds,rss_kb,handles,temp_files,threads,cpu_ms,syncs\n${lines.join('\n')}\n`;
}

const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
