import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startFakeC1 } from '@batonkit/conformance';
import { start } from '../../../simulators/runlayer/src/start.ts';
import { States } from '../faults/states.ts';
import { drawIncidents } from './draw-incidents.ts';
import { judgeReplicas, placesOf } from './judge-replicas.ts';
import { Replica } from './replica.ts';
import { stageIncident, type Stage } from './stage-incident.ts';

const ours = fileURLToPath(new URL('../../../connectors/runlayer/bin/baton-runlayer.js', import.meta.url));

export interface ReplicasOptions {
  seed: number;
  tasks: number;
  kills: number;
  replicas?: number;
  /** What is run instead of our connector. */
  program?: readonly string[];
  environment?: Record<string, string>;
  leaseMs?: number;
  /** Nothing goes wrong but what the program does. */
  noTroubles?: boolean;
  /** How long all of it may take; default 15 minutes. */
  limitMs?: number;
  say?: (line: string) => void;
}

export interface ReplicasVerdict {
  tasks: number;
  kills: Record<string, number>;
  troubles: Record<string, number>;
  reissues: number;
  starts: number;
  calls: Record<string, number>;
  endsWith: Record<string, number>;
  /** Whether every replica had tasks. */
  shared: boolean;
  leftInTemp: number;
  problems: string[];
}

/** Some replicas do all tasks of a stand-in for C1 while the plan goes wrong; what they leave is judged. */
export async function runReplicas(options: ReplicasOptions): Promise<ReplicasVerdict> {
  const { seed, tasks, kills, replicas: many = 3, leaseMs = 6000, limitMs = 900_000, say = () => {} } = options;
  const directory = mkdtempSync(join(tmpdir(), 'prove-replicas-'));
  const settings = { seed, users: 60, customRoles: 3 };
  const saved = { ...settings, assignments: 'embedded', maxLimit: 25, port: 0, adminToken: 'prove' } as const;
  const tenant = await start(saved, [], undefined, () => new Date(), { latency: 10 });
  const drawn = drawIncidents(seed, tasks, kills);
  const plans = options.noTroubles === true ? drawn.map(({ id, at }) => ({ id, at })) : drawn;
  await using c1 = await startFakeC1({
    directory: join(directory, 'c1'),
    tasks: plans.map(({ id }) => ({ id, taskType: { case: 'syncFull', value: { storageEngine: 'sqlite' } } })),
    nextPollMs: 0,
    holdMs: 1000,
    heartbeatMs: 1000,
    leaseMs,
    // Replaced ten seconds before their end, so that many are asked for.
    tokenSeconds: 14,
  });
  const apiKey = tenant.tenant.keys.super_admin;
  const environment = {
    ...c1.environment,
    BATON_BASE_URL: `${tenant.origin}/api/v1`,
    BATON_API_KEY: apiKey,
    ...options.environment,
  };
  const fleet = Array.from(
    { length: many },
    (_, n) =>
      new Replica({
        hostId: `replica-${n + 1}`,
        program: options.program ?? [ours],
        environment,
        directory,
        now: () => c1.now(),
      }),
  );
  const stage: Stage = {
    c1,
    replicas: new Map(fleet.map((replica) => [replica.hostId, replica])),
    kills: [],
    lost: [],
    refused: [],
    fired: new Map(),
  };
  const late: string[] = [];
  try {
    const ticker = setInterval(() => {
      const done = [...c1.tasks.values()].filter((record) => record.done).length;
      say(`${done} of ${tasks} tasks, ${stage.kills.length} kills`);
    }, 15_000);
    const incidents = plans.map((plan) => stageIncident(plan, stage));
    try {
      await c1.until(() => [...c1.tasks.values()].every(({ done }) => done), limitMs);
      // Ends whose answer was lost are told again; a poll, too, may still be on its way.
      await new Promise((resolve) => setTimeout(resolve, Math.min(3000, leaseMs)));
    } catch (error) {
      late.push(`not all tasks ended: ${error instanceof Error ? error.message : String(error)}`);
    }
    clearInterval(ticker);
    void Promise.allSettled(incidents);
    const exits = await Promise.all(fleet.map((replica) => replica.stop()));
    for (const [n, code] of exits.entries())
      if (code !== 0) late.push(`replica ${n + 1} ended with ${code} when asked to`);

    const left = fleet.flatMap(({ temp }) => filesBelow(temp));
    const records = [...c1.tasks.values()];
    const problems = judgeReplicas({
      plans,
      tasks: c1.tasks,
      exchanges: c1.exchanges,
      kills: stage.kills,
      lost: stage.lost,
      refused: stage.refused,
      unexpected: fleet.flatMap(({ unexpected }) => unexpected),
      truth: new States(settings, tenant.tenant.changes).after(0),
      secrets: [
        apiKey,
        c1.credential.clientSecret.split(':')[3] ?? '',
        keyOf(c1.credential.clientSecret),
        'test-access-token-',
      ],
      places: [
        ...fleet.map(({ hostId, output }) => ({ name: `the output of ${hostId}`, bytes: output })),
        ...[...left, ...filesBelow(join(directory, 'c1')).filter((path) => !path.endsWith('.pem'))].flatMap(placesOf),
      ],
    });
    return {
      tasks,
      kills: counted(stage.kills.map((kill) => kill.stage)),
      troubles: Object.fromEntries([...stage.fired].sort(([a], [b]) => (a < b ? -1 : 1))),
      reissues: records.reduce((sum, { issues }) => sum + Math.max(0, issues.length - 1), 0),
      starts: fleet.reduce((sum, { starts }) => sum + starts, 0),
      calls: counted(c1.exchanges.map(({ call }) => call)),
      endsWith: counted(
        records.map(({ finishes }) => {
          const end = finishes.find(({ accepted }) => accepted)?.request;
          return end?.finalState.case === 'error' ? `status ${end.status?.code}` : (end?.finalState.case ?? 'nothing');
        }),
      ),
      shared: fleet.every(({ hostId }) =>
        records.some(({ issues }) => issues.some((issue) => issue.hostId === hostId)),
      ),
      leftInTemp: left.length,
      problems: [...late, ...problems],
    };
  } finally {
    await Promise.all(fleet.map((replica) => replica.stop()));
    await tenant.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The private half as it stands in the key: base64url. */
const keyOf = (secret: string): string =>
  (JSON.parse(Buffer.from(secret.split(':')[3] ?? '', 'base64url').toString('utf8')) as { d: string }).d;

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
