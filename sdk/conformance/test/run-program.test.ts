import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Launcher } from '../src/suite/run-program.ts';

const root = mkdtempSync(join(tmpdir(), 'run-program-'));
afterAll(() => rmSync(root, { recursive: true }));

// Whoever is left of them would hold its output open until the end of that minute.
const command = ['sh', '-c', 'sleep 60; true'];
const launcher = (seconds: number, signal: AbortSignal): Launcher =>
  new Launcher({ command, files: {}, seconds }, root, () => 0, process.env['PATH'] ?? '', signal);

test('a program that is not over in time is killed with all that it began', { timeout: 20_000 }, async () => {
  expect(await launcher(0.5, new AbortController().signal).run({})).toMatchObject({ code: null });
});

test('so is one when the suite is stopped', { timeout: 20_000 }, async () => {
  const stop = new AbortController();
  const running = await launcher(60, stop.signal).start({});
  stop.abort();
  expect(await running.ended).toMatchObject({ code: null });
});
