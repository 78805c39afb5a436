import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseCertificate } from '@batonkit/certificate';
import { connectorProgram } from '../support/console.ts';
import { isWhole } from '../support/sample.ts';
import { startSimulator, type Simulator } from '../support/simulator.ts';

type Line = Record<string, unknown> & { type: string };

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'resume-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  file = join(mkdtempSync(join(folder, 'run-')), 'sync.c1z');
});

interface Run {
  code: number | null;
  signal: NodeJS.Signals | null;
  lines: Line[];
  errors: string;
}

/** Runs the connector; `meet` sees each line of progress as it comes, and may end the process by a signal. */
async function run(tenant: Simulator, meet: (line: Line, end: (signal: NodeJS.Signals) => void) => void = () => {}) {
  return await begin(tenant, meet).ended;
}

function begin(tenant: Simulator, meet: (line: Line, end: (signal: NodeJS.Signals) => void) => void = () => {}) {
  const child = spawn(process.execPath, [connectorProgram, '--progress', 'jsonl', '--file', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: folder, BATON_BASE_URL: tenant.baseUrl, BATON_API_KEY: tenant.apiKey },
  });
  const lines: Line[] = [];
  let errors = '';
  child.stderr.on('data', (part: Buffer) => (errors += part.toString()));
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    meet(line, (signal) => void child.kill(signal));
  });
  const ended = once(child, 'close').then(([code, signal]): Run => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    lines,
    errors,
  }));
  return { ended, kill: () => child.kill('SIGKILL') };
}

const digest = (): string => parseCertificate(readFileSync(`${file}.cert.json`, 'utf8')).content_digest;
const requests = async (tenant: Simulator): Promise<number> =>
  (await tenant.get<{ requests: { total: number } }>('/state')).requests.total;
const resumed = ({ lines }: Run): Line | undefined => lines.find(({ type }) => type === 'resume');
/** The file, its certificate, and nothing else. */
const expectTidy = (): void =>
  expect(readdirSync(join(file, '..')).toSorted()).toEqual(['sync.c1z', 'sync.c1z.cert.json']);

describe('killed at a request', () => {
  let tenant: Simulator;
  beforeAll(async () => {
    tenant = await startSimulator('--users 60 --max-limit 20 --seed 3');
  });
  afterAll(async () => await tenant[Symbol.asyncDispose]());

  test('whichever it is: the next run ends with the same content, and nothing is left', async () => {
    const before = await requests(tenant);
    expect(await run(tenant)).toMatchObject({ code: 0, errors: '' });
    const whole = digest();
    const all = (await requests(tenant)) - before;
    expect(all).toBeGreaterThan(8);
    // Some of them, the first and one of the last included.
    for (let n = 1; n <= all; n += Math.ceil(all / (isWhole ? 10 : 4))) {
      file = join(mkdtempSync(join(folder, `kill-${n}-`)), 'sync.c1z');
      await tenant.post('/hold', { n });
      const first = begin(tenant);
      await tenant.held();
      first.kill();
      expect(await first.ended).toMatchObject({ signal: 'SIGKILL' });
      await tenant.post('/release', {});
      expect(existsSync(file)).toBe(false);
      const second = await run(tenant);
      expect({ n, code: second.code, errors: second.errors }).toEqual({ n, code: 0, errors: '' });
      // No row had left the connector: what is not proven is read anew.
      expect(resumed(second)?.['isResumed'] ?? false).toBe(false);
      expect(digest()).toBe(whole);
      expectTidy();
    }
  });
});

describe('killed while rows are stored', () => {
  let tenant: Simulator;
  let whole: string;
  let all: number;
  beforeAll(async () => {
    tenant = await startSimulator('--users 9000 --seed 4');
    const before = await requests(tenant);
    file = join(mkdtempSync(join(folder, 'whole-')), 'sync.c1z');
    expect(await run(tenant)).toMatchObject({ code: 0 });
    whole = digest();
    all = (await requests(tenant)) - before;
  });
  afterAll(async () => await tenant[Symbol.asyncDispose]());

  const untilStored =
    (signal: NodeJS.Signals) =>
    (line: Line, end: (signal: NodeJS.Signals) => void): void => {
      if (line.type === 'phase' && line['phase'] === 'store') end(signal);
    };

  test.each(['SIGKILL', 'SIGTERM'] as const)('by %s: the next run reads nothing again', async (signal) => {
    const first = await run(tenant, untilStored(signal));
    expect(signal === 'SIGKILL' ? first.signal : first.code).toBe(signal === 'SIGKILL' ? signal : 1);
    expect(readdirSync(join(file, '..'))).toEqual(['sync.c1z.partial']);
    const before = await requests(tenant);
    const second = await run(tenant);
    expect(second).toMatchObject({ code: 0, errors: '' });
    expect(resumed(second)).toMatchObject({ isResumed: true });
    // Address, key and form are looked at again, the lists only at their beginnings.
    expect(second.lines.filter(({ type }) => type === 'list')).toEqual([]);
    expect((await requests(tenant)) - before).toBeLessThan(all);
    expect(digest()).toBe(whole);
    expectTidy();
  });

  test('again and again: it comes to its end', async () => {
    for (let nth = 0; nth < 3; nth += 1) {
      const { signal } = await run(tenant, untilStored('SIGKILL'));
      expect(signal).toBe('SIGKILL');
    }
    expect(await run(tenant)).toMatchObject({ code: 0 });
    expect(digest()).toBe(whole);
    expectTidy();
  });

  test('and the tenant has changed: the next run begins anew, says why, and tells the truth of now', async () => {
    await run(tenant, untilStored('SIGKILL'));
    await tenant.post('/add', { name: 'Somebody New', email: 'new@tenant.example' });
    const second = await run(tenant);
    expect(second.code).toBe(0);
    expect(resumed(second)).toMatchObject({ isResumed: false, why: expect.stringMatching(/users have changed/) });
    expect(digest()).not.toBe(whole);
    expectTidy();
  });
});
