import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireOsLock } from '@batonkit/kernel';
import { expect, test } from 'vitest';
import { openTaskFolder } from '../../sdk/runtime/src/service-mode/task-folder.ts';
import { inRepository } from '../support/program.ts';
import { withService } from './with-service.ts';

const id = '2N0tTest00000000000000Task1';

test('what killed processes left is removed; what is worked in, and what is of others, is left alone', async () => {
  await withService({ nextPollMs: 500 }, [], async ({ c1, tempDir }) => {
    const names = ['batonkit-task-dead', 'batonkit-task-alive', 'of-others', 'batonkit-new-young', 'batonkit-new-old'];
    for (const name of names) mkdirSync(join(tempDir, name));
    // Of a process that died while it made it, a while ago.
    utimesSync(join(tempDir, 'batonkit-new-old'), 0, 0);
    writeFileSync(join(tempDir, 'batonkit-task-dead', 'lock'), '');
    writeFileSync(join(tempDir, 'batonkit-task-dead', 'sync.c1z'), 'half a file');
    const alive = join(tempDir, 'batonkit-task-alive');
    using _lock = acquireOsLock(join(alive, 'lock'), alive);
    c1.add({ id, taskType: { case: 'syncFull', value: {} } });
    await c1.until(({ tasks }) => tasks.get(id)?.done === true);
    expect(readdirSync(tempDir).toSorted()).toEqual(['batonkit-new-young', 'batonkit-task-alive', 'of-others']);
  });
});

test('a replica that begins a task while another one cleans up keeps its folder', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'leftovers-'));
  const other = spawn(process.execPath, [inRepository('tests/service-mode/sweep-without-end.ts'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(other, 'exit');
  try {
    await once(other.stdout, 'data');
    for (let task = 0; task < 1000; task += 1) {
      using folder = openTaskFolder(directory);
      const file = join(folder.work, 'sync.c1z');
      mkdirSync(join(folder.work, 'spool'), { recursive: true });
      writeFileSync(file, String(task));
      // What is swept away while the other has time to.
      for (let look = 0; look < 5; look += 1) expect(readFileSync(file, 'utf8')).toBe(String(task));
    }
  } finally {
    other.kill('SIGKILL');
    await gone;
    rmSync(directory, { recursive: true });
  }
});
