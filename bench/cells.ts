import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { floor, inRepository, measure, median, startServer, type BenchServer } from './measure.ts';
import type { Cell, Result, Stored } from './result.ts';
import { emptyResult, inDirectory } from './result.ts';
import { serviceCells } from './service.ts';

const program = inRepository('connectors/runlayer/bin/baton-runlayer.js');
const connector = [program];
const floors = (name: string): string => inRepository(`bench/floor/${name}.ts`);

export const cells: readonly Cell[] = [
  oneShot(10_000),
  oneShot(100_000),
  { ...oneShot(1_000_000), isExtra: true },
  ...['embedded', 'per-role', 'flat', 'per-user'].flatMap((form) =>
    [50, 150].flatMap((latency) => [1, 4, 16].map((inFlight) => latencyCell(form, latency, inFlight))),
  ),
  fileOfGrants(100_000),
  fileOfGrants(1_000_000),
  ...serviceCells,
];

/** As a process, roles embedded, no latency, everything read twice. */
function oneShot(users: number): Cell {
  return {
    name: `one-shot-${users}`,
    table: 'one-shot',
    run: (options) =>
      inDirectory(async (directory) => {
        await using server = await startServer({ users, form: 'embedded', latency: 0 });
        const result = emptyResult(`one-shot-${users}`, { most: 1.6 });
        for (let n = 0; n < (users > 100_000 ? 1 : options.runs); n++) {
          await runOurs(server, directory, result, 4);
          result.floors.push(await runFloors(server, directory, await server.takeLog(), 4));
        }
        const sums = result.floors.map((each) => (each['startMs'] ?? 0) + cpuFloor(each));
        result.ratio = median(result.ours.map(({ wallMs }) => wallMs)) / median(sums);
        const rss = Math.max(...result.ours.map(({ rssMb }) => rssMb));
        result.facts = { users, rssMost: users > 100_000 ? 300 : 150, rssMb: rss, ...fileFacts(directory) };
        return result;
      }),
  };
}

/**
 * The longest chain of requests of which each needs the answer to the one before: as the server counted them in a run of
 * ours with 64 in flight. A reader that does without asking ahead has 10, 15, 14 and 12.
 */
const longestChain: Record<string, number> = { embedded: 7, 'per-role': 11, flat: 11, 'per-user': 9 };

/** Requests of both passes for so many users. */
function requestsFor(form: string, users: number): number {
  const pages = (rows: number): number => Math.ceil(rows / 1000) + 1;
  const lists = pages(7) + pages(users);
  const assignments = { embedded: 0, 'per-role': pages(users) + 6, flat: pages(users * 1.67), 'per-user': users }[form];
  return 2 + 2 * (lists + (assignments ?? 0));
}

function latencyCell(form: string, latency: number, inFlight: number): Cell {
  const name = `latency-${form}-${latency}ms-${inFlight}`;
  return {
    name,
    table: 'latency',
    run: (options) =>
      inDirectory(async (directory) => {
        const sizes = [10_000, 5000, 2000, 1000, 500, 200, 100];
        const waiting = (users: number): number => (requestsFor(form, users) * latency) / inFlight;
        const users = sizes.find((size) => waiting(size) <= options.longestMs) ?? 100;
        const result = emptyResult(name, { most: 1.25 });
        let requests = 0;
        {
          await using server = await startServer({ users, form, latency });
          for (let n = 0; n < options.runs; n++) {
            await runOurs(server, directory, result, inFlight);
            requests = (await server.takeLog()).length;
          }
        }
        // The CPU's part of the limit, from the same requests without waiting.
        await using server = await startServer({ users, form, latency: 0 });
        rmSync(file(directory), { force: true });
        await measure([...connector, ...programArguments(server, inFlight)], directory, environment);
        const quick = await runFloors(server, directory, await server.takeLog(), inFlight);
        result.floors.push(quick);
        const chain = longestChain[form] ?? 0;
        const limit =
          Math.max((requests * latency) / inFlight, chain * latency, cpuFloor(quick)) + (quick['startMs'] ?? 0);
        result.ratio = median(result.ours.map(({ wallMs }) => wallMs)) / limit;
        result.facts = { users, isSmaller: users < 10_000 ? 'yes' : '', requests, chain, limitMs: Math.round(limit) };
        return result;
      }),
  };
}

/** Rows into a file, without a source. */
function fileOfGrants(grants: number): Cell {
  const name = `file-${grants}`;
  return {
    name,
    table: 'file',
    run: (options) =>
      inDirectory(async (directory) => {
        const result = emptyResult(name, { least: 0.6 });
        for (let n = 0; n < options.runs; n++) {
          result.load.push(loadavg()[0] ?? 0);
          const work = join(directory, 'work');
          rmSync(file(directory), { force: true });
          rmSync(work, { recursive: true, force: true });
          mkdirSync(work);
          const subject = inRepository('bench/subject/write-grants.ts');
          const ours = await measure([subject, `${grants}`, file(directory), work], directory);
          const { ms } = JSON.parse(ours.out) as { ms: number };
          result.ours.push({ wallMs: ms, cpuMs: ours.cpuMs, rssMb: ours.rssMb });
          result.floors.push(await storingFloors(directory));
        }
        const ours = median(result.ours.map(({ wallMs }) => wallMs));
        result.ratio = median(result.floors.map(cpuFloor)) / ours;
        result.facts = { grants, grantsPerSecond: Math.round(grants / (ours / 1000)), ...fileFacts(directory) };
        return result;
      }),
  };
}

const environment = { BATON_API_KEY: 'rl_bench0000000000000000000000000000000000' };

function programArguments({ baseUrl }: BenchServer, inFlight: number): string[] {
  // Four is the default.
  const flags = inFlight === 4 ? [] : ['--max-in-flight', `${inFlight}`];
  return ['--base-url', baseUrl, '--file', 'sync.c1z', '--progress', 'jsonl', ...flags];
}

async function runOurs(server: BenchServer, directory: string, result: Result, inFlight: number): Promise<void> {
  rmSync(file(directory), { force: true });
  await server.takeLog();
  result.load.push(loadavg()[0] ?? 0);
  const { wallMs, cpuMs, rssMb } = await measure(
    [...connector, ...programArguments(server, inFlight)],
    directory,
    environment,
  );
  result.ours.push({ wallMs, cpuMs, rssMb });
}

/** Fetching, storing, saving, and the start of an empty Node process. */
async function runFloors(
  server: BenchServer,
  directory: string,
  log: readonly string[],
  lanes: number,
): Promise<Record<string, number>> {
  const list = join(directory, 'paths.json');
  writeFileSync(list, JSON.stringify(log));
  const empty = join(directory, 'empty.js');
  writeFileSync(empty, '');
  const starts = [
    await measure([empty], directory),
    await measure([empty], directory),
    await measure([empty], directory),
  ];
  const fetched = await floor([floors('fetch'), server.origin, `${lanes}`, list], directory);
  await server.takeLog();
  const stored = await storingFloors(directory);
  return {
    ...stored,
    startMs: median(starts.map(({ wallMs }) => wallMs)),
    fetchMs: fetched['ms'] ?? 0,
    requests: log.length,
    cpuMs: median(starts.map(({ cpuMs }) => cpuMs)) + (fetched['cpuMs'] ?? 0) + (stored['cpuMs'] ?? 0),
  };
}

async function storingFloors(directory: string): Promise<Record<string, number>> {
  const database = join(directory, 'floor.db');
  const stored = await floor([floors('insert'), file(directory), database], directory);
  const saved = await floor([floors('compress'), database, join(directory, 'floor.c1z')], directory);
  for (const made of ['floor.db', 'floor.c1z']) rmSync(join(directory, made));
  return {
    insertMs: stored['ms'] ?? 0,
    rows: stored['rows'] ?? 0,
    compressMs: saved['ms'] ?? 0,
    cpuMs: (stored['cpuMs'] ?? 0) + (saved['cpuMs'] ?? 0),
    databaseMb: Math.round((stored['databaseBytes'] ?? 0) / 1e6),
  };
}

const cpuFloor = (each: Record<string, number>): number =>
  (each['fetchMs'] ?? 0) + (each['insertMs'] ?? 0) + (each['compressMs'] ?? 0);

const file = (directory: string): string => join(directory, 'sync.c1z');
const fileFacts = (directory: string): Record<string, number> => ({
  fileMb: Math.round(statSync(file(directory)).size / 1e5) / 10,
});

/** Whether the flag is there by which requests in flight are set. */
export async function knowsInFlight(): Promise<boolean> {
  return inDirectory(async (directory) =>
    (await measure([...connector, '--help'], directory)).out.includes('--max-in-flight'),
  );
}

export const readResults = (path: string): Stored => JSON.parse(readFileSync(path, 'utf8')) as Stored;
