import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Child } from './child.ts';
import { runHere } from './run-here.ts';
import { ProgramFolder, env, lines } from './program-folder.ts';

const folder = new ProgramFolder();

describe('what goes wrong', () => {
  const cases: [string, number, string][] = [
    ['refuse', 16, 'FX-AUTH'],
    ['crash', 13, 'BK-INTERNAL'],
    ['full', 8, 'BK-DISK'],
  ];
  test.each(cases)('%s ends with %i and leaves nothing', async (behaviour, status, code) => {
    const ended = await folder.here(['--log-level', 'debug'], { BATON_BEHAVIOUR: behaviour });
    expect(ended.code).toBe(status);
    expect(ended.stderr).toContain(`  ${code}, exit code ${status}\n`);
    expect(readdirSync(folder.path)).toEqual([]);
    folder.expectNoKey(ended);
    // The last block is for people: no stack, no source file.
    expect(ended.stderr.slice(ended.stderr.lastIndexOf('✗'))).not.toMatch(/\.ts|\n +at /);
  });

  test('everything that is missing is named at once, before any file is made', async () => {
    const { code, stderr } = await runHere([]);
    expect(code).toBe(2);
    for (const field of ['--base-url', '--api-key']) expect(stderr.slice(stderr.lastIndexOf('✗'))).toContain(field);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('a file that exists is not touched', async () => {
    writeFileSync(join(folder.path, 'sync.c1z'), 'mine');
    const { code, stderr } = await folder.here();
    expect(code).toBe(2);
    expect(stderr).toContain('BK-C1Z-EXISTS');
    expect(readdirSync(folder.path)).toEqual(['sync.c1z']);
    expect(readFileSync(join(folder.path, 'sync.c1z'), 'utf8')).toBe('mine');
  });

  // A container may have no folder for everybody's temporary files, or one that nobody may write in.
  test('a file that exists is read where the run works, and nowhere else', async () => {
    const TMPDIR = join(folder.path, 'no');
    for (let run = 1; run <= 3; run += 1) expect(await folder.sync([], { TMPDIR })).toMatchObject({ code: 0 });
    expect(readdirSync(folder.path).toSorted()).toEqual(['sync.c1z', 'sync.c1z.cert.json']);
  });

  test('a folder.path that is not there', async () => {
    expect(await folder.here(['-f', join(folder.path, 'no/such/sync.c1z')])).toMatchObject({ code: 2 });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('a log file that cannot be written, or a name that is a folder.path: a sentence, and nothing is made', async () => {
    for (const [args, code] of [
      [['--log-path', join(folder.path, 'no/such.log')], 'BK-LOG-PATH'],
      [['--file', join(folder.path, 'no/')], 'BK-C1Z-WRITE'],
    ] as const) {
      const ended = await folder.here([...args]);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain(`  ${code}, exit code 2\n`);
      expect(readdirSync(folder.path)).toEqual([]);
    }
  });

  test('a second run on the same file ends with 9 and does not disturb the first', async () => {
    const first = new Child(['--progress', 'jsonl'], { cwd: folder.path, env: { ...env, BATON_BEHAVIOUR: 'hold' } });
    await first.says('"phase":"read"');
    const second = await folder.sync();
    expect(second.code).toBe(9);
    expect(second.stderr).toContain('BK-LOCK');
    expect(existsSync(join(folder.path, 'sync.c1z.partial/db'))).toBe(true);
    first.process.kill('SIGTERM');
    expect((await first.end()).code).toBe(1);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s, three times: exit 1, nothing left', async (signal) => {
    const child = new Child(['--progress', 'jsonl'], { cwd: folder.path, env: { ...env, BATON_BEHAVIOUR: 'hold' } });
    await child.says('"phase":"read"');
    for (let times = 0; times < 3; times += 1) child.process.kill(signal);
    const { code, stdout } = await child.end();
    expect(code).toBe(1);
    expect(lines(stdout).at(-1)).toMatchObject({
      type: 'result',
      ok: false,
      error: { code: 'BK-CANCELED', status: 1 },
    });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('SIGUSR1 opens no debugger to the users of the machine', async () => {
    const child = new Child(['--progress', 'jsonl'], { cwd: folder.path, env: { ...env, BATON_BEHAVIOUR: 'hold' } });
    await child.says('"phase":"read"');
    child.process.kill('SIGUSR1');
    child.process.kill('SIGTERM');
    const { code, stderr } = await child.end();
    expect(code).toBe(1);
    expect(stderr).not.toContain('Debugger');
  });

  test('after kill -9 there is no file, and the next run begins anew', async () => {
    const child = new Child(['--progress', 'jsonl'], { cwd: folder.path, env: { ...env, BATON_BEHAVIOUR: 'hold' } });
    await child.says('"phase":"read"');
    child.process.kill('SIGKILL');
    expect(await child.end()).toMatchObject({ signal: 'SIGKILL' });
    expect(readdirSync(folder.path)).toEqual(['sync.c1z.partial']);
    expect((await folder.sync()).code).toBe(0);
    expect(readdirSync(folder.path).toSorted()).toEqual(['sync.c1z', 'sync.c1z.cert.json']);
  });
});
