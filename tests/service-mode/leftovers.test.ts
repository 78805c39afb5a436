import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acquireOsLock } from '@batonkit/kernel';
import { expect, test } from 'vitest';
import { withService } from './with-service.ts';

const id = '2N0tTest00000000000000Task1';

test('what killed processes left is removed; what is worked in, and what is of others, is left alone', async () => {
  await withService({ nextPollMs: 500 }, [], async ({ c1, tempDir }) => {
    for (const name of ['batonkit-task-dead', 'batonkit-task-alive', 'of-others']) mkdirSync(join(tempDir, name));
    writeFileSync(join(tempDir, 'batonkit-task-dead', 'lock'), '');
    writeFileSync(join(tempDir, 'batonkit-task-dead', 'sync.c1z'), 'half a file');
    const alive = join(tempDir, 'batonkit-task-alive');
    using _lock = acquireOsLock(join(alive, 'lock'), alive);
    c1.add({ id, taskType: { case: 'syncFull', value: {} } });
    await c1.until(({ tasks }) => tasks.get(id)?.done === true);
    expect(readdirSync(tempDir).toSorted()).toEqual(['batonkit-task-alive', 'of-others']);
  });
});
