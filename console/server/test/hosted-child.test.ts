import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sparingStart } from '@batonkit/kernel/sparing-start';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRedactor, systemClock, VirtualClock } from '@batonkit/kernel';
import { programAt } from '../src/catalogue/program.ts';
import { runHostedChild, type HostedChildOptions } from '../src/hosted/hosted-child.ts';
import { LogTail } from '../src/hosted/log-tail.ts';
import { Patience } from '../src/hosted/patience.ts';
import type { ProgressLine } from '../src/hosted/progress-line.ts';
import { RunFacts } from '../src/hosted/run-facts.ts';

const program = programAt(fileURLToPath(new URL('fixtures/program.mjs', import.meta.url)));
let runDir: string;
beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), 'run-'));
});
afterEach(() => rmSync(runDir, { recursive: true, force: true }));

function run(mode: string, options: Partial<HostedChildOptions> = {}) {
  const lines: ProgressLine[] = [];
  const outcome = runHostedChild({
    program,
    runDir,
    variables: { BATON_MODE: mode },
    secrets: { 'api-key': 'rl_usr_secret_of_the_test' },
    file: join(runDir, 'sync.c1z'),
    clock: systemClock,
    signal: new AbortController().signal,
    onProgress: (line) => lines.push(line),
    onLog: () => undefined,
    ...options,
  });
  return { outcome, lines };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A killed one that nobody has waited for yet is a zombie, and not alive.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('gets its secrets by descriptor, an environment built from nothing, and its own directory', async () => {
  process.env['SECRET_OF_THE_CONSOLE'] = 'must not be inherited';
  const { outcome, lines } = run('report');
  expect(await outcome).toMatchObject({ kind: 'result', result: { ok: true, syncId: 'a'.repeat(27) } });
  delete process.env['SECRET_OF_THE_CONSOLE'];
  const seen = JSON.parse(readFileSync(join(runDir, 'seen.json'), 'utf8')) as Record<string, unknown>;
  expect(seen).toEqual({
    argv: ['--hosted', '--file', join(runDir, 'sync.c1z')],
    secrets: { 'api-key': 'rl_usr_secret_of_the_test' },
    cwd: runDir,
    env: {
      BATON_MODE: 'report',
      PATH: expect.any(String),
      HOME: runDir,
      TMPDIR: runDir,
      TZ: 'UTC',
      LANG: 'C.UTF-8',
      ...sparingStart.variables,
    },
  });
  // What a later release may say beside the known lines is passed over.
  expect(lines.map(({ type }) => type)).toEqual(['phase']);
});

test('an error it reports comes through unchanged', async () => {
  expect(await run('error').outcome).toMatchObject({
    kind: 'result',
    result: { ok: false, error: { code: 'RL-X', status: 7, title: 't', meaning: 'm', remedy: 'r' } },
  });
});

test.each([
  ['exit', 'ended with exit code 3'],
  ['kill', 'was ended by SIGKILL'],
])('one that ends without a result has died (%s)', async (mode, how) => {
  expect(await run(mode).outcome).toEqual({ kind: 'died', how });
});

test('a program that is not there is an error of its own, not a death to try again', async () => {
  const missing = { name: 'gone', file: join(runDir, 'gone'), args: [] };
  await expect(run('exit', { program: missing }).outcome).rejects.toMatchObject({ report: { code: 'BK-RUN-START' } });
});

test.each([
  'garbage',
  'bad-line',
  'bad-instant',
  'year-zero',
  'year-10000',
  'bad-wait',
  'bad-text',
  'bad-number',
  'long-error',
  'endless-line',
  'two-results',
])('one that speaks another language is an error and is ended (%s)', async (mode) => {
  await expect(run(mode).outcome).rejects.toMatchObject({ report: { code: 'BK-RUN-PROTOCOL' } });
});

test('a time in a zone that the database does not know is told in UTC', async () => {
  const { outcome, lines } = run('far-zone');
  expect(await outcome).toMatchObject({ kind: 'died' });
  expect(lines.at(-1)?.at).toBe('2025-12-31T00:01:00.000Z');
});

test('one that stays and goes on talking after its result is ended, and its result counts', async () => {
  expect(await run('stays').outcome).toMatchObject({ kind: 'result', result: { ok: true } });
}, 15_000);

test('one that says nothing for 15 minutes is ended', async () => {
  const { outcome, lines } = run('obedient', { clock: new VirtualClock() });
  await expect(outcome).rejects.toMatchObject({ report: { code: 'BK-RUN-STALLED', status: 14 } });
  expect(lines.length).toBeLessThan(2);
});

test('a wait that a child announces is not silence', async () => {
  const minute = 60_000;
  const clock = new VirtualClock();
  const patience = new Patience(clock);
  clock.advance(14 * minute);
  patience.renew(10 * minute);
  expect(await patience.end(new AbortController().signal)).toBe(true);
  expect(clock.slept).toEqual([25 * minute]);
  expect(await new Patience(clock).end(AbortSignal.abort())).toBe(false);
});

test('closing the control pipe ends it', async () => {
  const stop = new AbortController();
  const { outcome } = run('obedient', { signal: stop.signal, onProgress: () => stop.abort() });
  expect(await outcome).toEqual({ kind: 'stopped' });
});

test('nothing of its process group is left behind', async () => {
  const { outcome, lines } = run('family');
  expect(await outcome).toMatchObject({ kind: 'died' });
  expect(lines).toHaveLength(2);
  const grandchild = Number(readFileSync(join(runDir, 'grandchild'), 'utf8'));
  await expect.poll(() => isAlive(grandchild)).toBe(false);
});

test('one that leaves its output open with a process of another session is not waited for', async () => {
  const { outcome } = run('left-open');
  try {
    expect(await outcome).toEqual({ kind: 'died', how: 'ended with exit code 0' });
  } finally {
    process.kill(Number(readFileSync(join(runDir, 'grandchild'), 'utf8')), 'SIGKILL');
  }
}, 15_000);

test('what a program reports is bounded: lists, and requests that wait to be stored', () => {
  const facts = new RunFacts(systemClock);
  const at = '2026-01-01T00:00:00.000Z';
  const request = { v: 1, at, type: 'request', method: 'GET', path: '/', status: 500, ms: 1, attempt: 1 } as const;
  for (let n = 1; n <= 30_000; n += 1) facts.take({ ...request, rows: n });
  const { requests } = facts.next() ?? { requests: [] };
  expect(requests.length).toBeLessThanOrEqual(10_000);
  expect(requests.at(-1)?.rows).toBe(30_000);

  const list = { v: 1, at, type: 'list', list: 'users', received: 0, pages: 1, done: false } as const;
  expect(() => {
    for (let pass = 1; pass < 1_000; pass += 1) facts.take({ ...list, pass });
  }).toThrow(expect.objectContaining({ report: expect.objectContaining({ code: 'BK-RUN-PROTOCOL' }) }));
});

test('the log that is kept never begins within a secret', async () => {
  const key = 'rl_usr_secret_of_the_test';
  const tail = new LogTail();
  // The last 64 KiB would begin in the middle of the key.
  tail.add(Buffer.from(`${'a'.repeat(20_000)}${key}`));
  tail.add(Buffer.from('b'.repeat(64 * 1024 - 10)));
  const file = join(runDir, 'log');
  await tail.save(file, createRedactor([key]));
  const kept = readFileSync(file, 'utf8');
  expect(kept).toHaveLength(64 * 1024);
  expect(kept).not.toContain('the_test');
});
