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

// An answer may hold tens of thousands. While they are taken, no heartbeat of another task is sent.
test('a task is taken as fast among many as among few', () => {
  const take = (tasks: readonly Task[]): number => {
    const pool = new TaskPool({ concurrency: 2, clock: systemClock, run: neverEnds, whenIdle: () => {} });
    const from = systemClock.monotonic();
    for (const task of tasks) pool.add(task);
    return systemClock.monotonic() - from;
  };
  const [few, many] = [tasksOf(3000), tasksOf(12_000)];
  // Looking through all that wait would take 16 times as long for four times as many. The best of
  // several tries, as the machine may be busy with something else.
  const tries = Array.from({ length: 20 }, () => [take(few), take(many)] as const);
  const best = (which: 0 | 1): number => Math.min(...tries.map((one) => one[which]));
  expect(best(1) / best(0)).toBeLessThan(10);
});
