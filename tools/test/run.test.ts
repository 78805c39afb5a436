import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const launcher = new URL('../run.js', import.meta.url).pathname;
let clone: string;

/** A clone in which nothing is installed, with an npm that says what it was called with. */
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'clone-'));
  for (const folder of ['tools', 'bin']) mkdirSync(join(clone, folder));
  copyFileSync(launcher, join(clone, 'tools/run.js'));
  writeFileSync(join(clone, 'package.json'), '{"type":"module"}');
  writeFileSync(join(clone, 'package-lock.json'), '{}');
  writeFileSync(join(clone, 'tools/check.ts'), "process.stdout.write('checked');");
  writeFileSync(join(clone, 'bin/npm'), '#!/bin/sh\nenv > seen\n', { mode: 0o755 });
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

function launch(env: Record<string, string> = {}): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const path = `${join(clone, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;
    const child = spawn(process.execPath, [join(clone, 'tools/run.js'), 'check'], { env: { PATH: path, ...env } });
    let [out, err] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

test('installs once, with the registry of this machine and without what would leave packages out', async () => {
  const kept = { NPM_CONFIG_REGISTRY: 'https://mirror.example', npm_config_https_proxy: 'http://proxy.example' };
  const dropped = { NODE_ENV: 'production', npm_config_omit: 'dev', npm_lifecycle_event: 'start' };
  expect(await launch({ ...kept, ...dropped })).toMatchObject({ code: 0, out: 'checked' });
  const seen = readFileSync(join(clone, 'seen'), 'utf8').split('\n');
  expect(seen).toEqual(expect.arrayContaining(Object.entries(kept).map(([key, value]) => `${key}=${value}`)));
  for (const key of Object.keys(dropped)) expect(seen.filter((line) => line.startsWith(`${key}=`))).toEqual([]);

  rmSync(join(clone, 'seen'));
  expect(await launch()).toMatchObject({ code: 0, err: '' });
  expect(existsSync(join(clone, 'seen'))).toBe(false);
});

test('takes over the lock of a start that is gone', async () => {
  const gone = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => gone.once('close', resolve));
  writeFileSync(join(clone, '.install.lock'), String(gone.pid));
  expect(await launch()).toMatchObject({ code: 0, out: 'checked' });
  expect(existsSync(join(clone, '.install.lock'))).toBe(false);
});

test('an install that fails starts nothing, and the next start tries again', async () => {
  writeFileSync(join(clone, 'bin/npm'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
  const failed = await launch();
  expect(failed).toMatchObject({ code: 3, out: '' });
  expect(failed.err).toContain('Nothing was started.');
  expect(existsSync(join(clone, '.install.lock'))).toBe(false);
  writeFileSync(join(clone, 'bin/npm'), '#!/bin/sh\n', { mode: 0o755 });
  expect(await launch()).toMatchObject({ code: 0, out: 'checked' });
});
