import { create } from '@bufbuild/protobuf';
import { TaskSchema, type Task } from '@batonkit/protocol/connectorapi';
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

const tasksOf = (count: number): Task[] =>
  Array.from({ length: count }, (_, n) => create(TaskSchema, { id: `task-${n}` }));
const neverEnds = (): Promise<boolean> => new Promise(() => {});

test('an answer full of tasks is taken, each of them once and in order', () => {
  const begun: string[] = [];
  const run = ({ id }: Task): Promise<boolean> => {
    begun.push(id);
    return neverEnds();
  };
  const pool = new TaskPool({ concurrency: 2, clock: systemClock, run, whenIdle: () => {} });
  const tasks = tasksOf(1000);
  expect(tasks.every((task) => pool.add(task))).toBe(true);
  for (const task of tasks.slice(0, 100)) expect(pool.add(task)).toBe(false);
  expect(begun).toEqual(['task-0', 'task-1']);
  expect(pool.close().map(({ id }) => id)).toEqual(tasks.slice(2).map(({ id }) => id));
});
