import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Launcher } from '../src/suite/run-program.ts';

const root = mkdtempSync(join(tmpdir(), 'run-program-'));
afterAll(() => rmSync(root, { recursive: true }));

// Whoever is left of them would hold its output open until the end of that minute.
const command = ['sh', '-c', 'sleep 60; true'];
const launcher = (seconds: number, signal: AbortSignal, what = command): Launcher =>
  new Launcher({ command: what, files: {}, seconds }, root, () => 0, process.env['PATH'] ?? '', signal);

test('a program that is not over in time is killed with all that it began', { timeout: 20_000 }, async () => {
  const ended = await launcher(0.5, new AbortController().signal).run({});
  expect(ended).toMatchObject({ code: null, killedFor: 'not over after 0.5 s' });
});

test('so is one when the suite is stopped', { timeout: 20_000 }, async () => {
  const stop = new AbortController();
  const running = await launcher(60, stop.signal).start({});
  stop.abort();
  expect(await running.ended).toMatchObject({ code: null });
});

test('and one that prints without end: what it said is held up to a limit', { timeout: 50_000 }, async () => {
  const ended = await launcher(40, new AbortController().signal, ['sh', '-c', 'yes error >&2']).run({});
  expect(ended).toMatchObject({ code: null, killedFor: 'it printed more than 64 MiB' });
  expect(ended.stderr.length).toBeLessThanOrEqual(64 * 2 ** 20);
});
