import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '@batonkit/kernel';
import { programAt } from '../src/catalogue/program.ts';
import { runHostedChild, type HostedChildOptions } from '../src/hosted/hosted-child.ts';
import type { ProgressLine } from '../src/hosted/progress-line.ts';

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
    env: { BATON_MODE: 'report', PATH: expect.any(String), HOME: runDir, TMPDIR: runDir, TZ: 'UTC', LANG: 'C.UTF-8' },
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

test('a program that is not there has died too', async () => {
  const missing = { name: 'gone', file: join(runDir, 'gone'), args: [] };
  expect(await run('exit', { program: missing }).outcome).toEqual({ kind: 'died', how: 'could not be started' });
});

test.each(['garbage', 'bad-line', 'endless-line'])(
  'one that speaks another language is an error and is ended (%s)',
  async (mode) => {
    await expect(run(mode).outcome).rejects.toMatchObject({ report: { code: 'BK-RUN-PROTOCOL' } });
  },
);

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
