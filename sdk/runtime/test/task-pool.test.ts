import { create } from '@bufbuild/protobuf';
import { TaskSchema } from '@batonkit/protocol/connectorapi';
import { systemClock } from '@batonkit/kernel';
import { expect, test } from 'vitest';
import { TaskPool } from '../src/service-mode/task-pool.ts';

test('a pool is idle after its last task, not between two', async () => {
  const ends = new Map<string, () => void>();
  let idle = 0;
  const pool = new TaskPool({
    concurrency: 1,
    clock: systemClock,
    run: ({ id }) => new Promise((resolve) => ends.set(id, () => resolve(true))),
    whenIdle: () => (idle += 1),
  });
  for (const id of ['a', 'b']) pool.add(create(TaskSchema, { id }));
  ends.get('a')?.();
  await pool.whenBelow(2, AbortSignal.timeout(10_000));
  expect(idle).toBe(0);
  ends.get('b')?.();
  await pool.idle();
  expect(idle).toBe(1);
});
