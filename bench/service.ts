import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeC1, type FakeC1 } from '@batonkit/conformance';
import { floor, inRepository, measure, median, startServer } from './measure.ts';
import { emptyResult, inDirectory, type Cell, type Result } from './result.ts';

const program = inRepository('connectors/runlayer/bin/baton-runlayer.js');
/** For so long the processor time of a waiting service is counted. */
const WATCHED_MS = 60_000;
/** Until what a start or a task leaves behind has been given back. */
const SETTLE_MS = 15_000;

/** What the program costs as a service. Bounds are those of its specification; ratio = measured / bound. */
export const serviceCells: readonly Cell[] = [
  startCell('start-help', '--help', 300),
  startCell('start-capabilities', 'capabilities', 300),
  cell('start-hello', async (result, directory, runs) => {
    await using c1 = await startFakeC1({ nextPollMs: 5000 });
    const times: number[] = [];
    // The first one fills the cache of compiled code and does not count.
    for (let n = 0; n <= runs; n++) {
      const before = hellos(c1);
      const load = loadavg()[0] ?? 0;
      const start = performance.now();
      const service = startService(c1, directory, 'http://127.0.0.1:9/api/v1');
      try {
        await c1.until(() => hellos(c1) > before);
        const wallMs = performance.now() - start;
        if (n === 0) continue;
        times.push(wallMs);
        result.load.push(load);
        result.ours.push({ wallMs, cpuMs: cpuMsOf(service), rssMb: memoryOf(service, 'VmHWM') });
      } finally {
        await stop(service);
      }
    }
    told(result, median(times), 'ms', 500);
  }),
  idleCell('idle-rss'),
  idleCell('idle-cpu'),
  cell('upload-1gib', async (result, directory, runs) => {
    const [path, authority] = [join(directory, 'large'), join(directory, 'authority.pem')];
    writeLarge(path);
    const server = spawn(process.execPath, [inRepository('bench/upload-server.ts'), authority], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(server, 'exit');
    try {
      const [port] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
      for (let n = 0; n < runs; n++) {
        result.load.push(loadavg()[0] ?? 0);
        const ours = await measure([inRepository('bench/subject/upload.ts'), port, authority, path], directory);
        const { ms } = JSON.parse(ours.out) as { ms: number };
        result.ours.push({ wallMs: ms, cpuMs: ours.cpuMs, rssMb: ours.rssMb });
        result.floors.push(await floor([inRepository('bench/floor/upload.ts'), port, authority, path], directory));
      }
    } finally {
      server.stdin.end();
      await ended;
    }
    const ms = median(result.ours.map(({ wallMs }) => wallMs));
    result.limit = { least: 0.8 };
    result.ratio = median(result.floors.map((each) => each['ms'] ?? 0)) / ms;
    result.facts = { measured: Math.round(1024 / (ms / 1000)), unit: 'MiB/s' };
  }),
];

/** Wall time of a command that only prints. */
function startCell(name: string, command: string, most: number): Cell {
  return cell(name, async (result, directory, runs) => {
    await measure([program, command], directory);
    for (let n = 0; n < runs; n++) {
      result.load.push(loadavg()[0] ?? 0);
      const { wallMs, cpuMs, rssMb } = await measure([program, command], directory);
      result.ours.push({ wallMs, cpuMs, rssMb });
    }
    told(result, median(result.ours.map(({ wallMs }) => wallMs)), 'ms', most);
  });
}

/** A service that polls every five seconds: fresh, and after a sync of 10,000 users; the worse of both counts. */
function idleCell(name: 'idle-rss' | 'idle-cpu'): Cell {
  return cell(name, async (result, directory) => {
    await using tenant = await startServer({ users: 10_000, form: 'embedded', latency: 0 });
    await using c1 = await startFakeC1({ nextPollMs: 5000 });
    const load = loadavg()[0] ?? 0;
    const service = startService(c1, directory, tenant.baseUrl);
    try {
      await c1.until(() => hellos(c1) > 0);
      const fresh = await watch(service, name);
      const task = c1.add({ id: 'BenchSync'.padEnd(27, '0'), taskType: { case: 'syncFull', value: {} } });
      await c1.until(() => task.finishes.some(({ accepted }) => accepted), 120_000);
      if (task.assets.length === 0) throw new Error('The sync of the service did not succeed.');
      const later = await watch(service, name);
      result.load.push(load);
      result.ours.push({ wallMs: 0, cpuMs: cpuMsOf(service), rssMb: memoryOf(service, 'VmHWM') });
      const worse = Math.max(fresh, later);
      if (name === 'idle-rss') told(result, worse, 'MB', 100);
      else told(result, worse, '% of a core', 0.5);
      result.facts = { ...result.facts, fresh, afterSync: later };
    } finally {
      await stop(service);
    }
  });
}

async function watch(service: ChildProcess, name: string): Promise<number> {
  await sleep(SETTLE_MS);
  if (name === 'idle-rss') return Math.round(memoryOf(service, 'VmRSS') * 10) / 10;
  const before = cpuMsOf(service);
  await sleep(WATCHED_MS);
  return Math.round(((cpuMsOf(service) - before) / WATCHED_MS) * 1e5) / 1e3;
}

function cell(name: string, run: (result: Result, directory: string, runs: number) => Promise<void>): Cell {
  return {
    name,
    table: 'service',
    run: ({ runs }) =>
      inDirectory(async (directory) => {
        const result = emptyResult(name, { most: 1 });
        await run(result, directory, runs);
        return result;
      }),
  };
}

function told(result: Result, measured: number, unit: string, most: number): void {
  result.ratio = measured / most;
  result.facts = { measured: Math.round(measured * 1000) / 1000, unit, most };
}

const hellos = ({ exchanges }: FakeC1): number => exchanges.filter(({ call }) => call === 'Hello').length;

function startService(c1: FakeC1, directory: string, baseUrl: string): ChildProcess {
  return spawn(process.execPath, [program], {
    cwd: directory,
    env: {
      HOME: directory,
      BATON_BASE_URL: baseUrl,
      BATON_API_KEY: 'rl_bench0000000000000000000000000000000000',
      BATON_TMPDIR: directory,
      ...c1.environment,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function stop(service: ChildProcess): Promise<void> {
  if (service.exitCode !== null || service.signalCode !== null) return;
  const ended = once(service, 'exit');
  service.kill('SIGTERM');
  await ended;
}

/** MB, as the kernel counts it. */
function memoryOf({ pid }: ChildProcess, what: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(String.raw`${what}:\s+(\d+)`).exec(status)?.[1]) / 1024;
}

/** Of all its threads; the kernel counts hundredths of a second. */
function cpuMsOf({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function writeLarge(path: string): void {
  const part = Buffer.alloc(1024 * 1024, 'what is sent is not looked at ');
  const file = openSync(path, 'w');
  for (let n = 0; n < 1024; n++) writeSync(file, part);
  closeSync(file);
}
