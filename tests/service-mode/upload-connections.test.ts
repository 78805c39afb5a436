import { createHook } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { withService } from './with-service.ts';

const MINUTE = 60_000;

/** Timers that are set and are to last a minute or more: each holds what it was set for. */
function watchLongTimers(): Disposable & { count: () => number } {
  const timers = new Map<number, { _idleTimeout: number }>();
  const hook = createHook({
    init: (id, type, _trigger, resource) => {
      if (type === 'Timeout') timers.set(id, resource as { _idleTimeout: number });
    },
    destroy: (id) => void timers.delete(id),
  }).enable();
  return {
    count: () => [...timers.values()].filter(({ _idleTimeout }) => _idleTimeout >= MINUTE).length,
    [Symbol.dispose]: () => void hook.disable(),
  };
}

test('nothing is held of an upload’s connection once the task is done', async () => {
  using timers = watchLongTimers();
  await withService({ nextPollMs: 200 }, [], async ({ c1 }) => {
    const counts: number[] = [];
    for (const name of ['A', 'B', 'C']) {
      const task = c1.add({ id: `2N0tTest00000000000000Task${name}`, taskType: { case: 'syncFull', value: {} } });
      await c1.until(() => task.done);
      expect(task.assets).toHaveLength(1);
      const polls = (): number => c1.exchanges.filter(({ call }) => call === 'GetTask').length;
      const before = polls();
      await c1.until(() => polls() > before + 1);
      counts.push(timers.count());
    }
    expect(counts[2]).toBe(counts[0]);
  });
});
