import { seededRandom, VirtualClock } from '@batonkit/kernel';
import { Code, ConnectError } from '@connectrpc/connect';
import { expect, test } from 'vitest';
import { createLogger } from '../src/logger.ts';
import { finishTask } from '../src/service-mode/finish-task.ts';
import type { ServiceContext } from '../src/service-mode/service-context.ts';
import { noTrace } from '../src/telemetry/trace.ts';

const contextOf = (clock: VirtualClock, finish: () => Promise<never>): ServiceContext =>
  ({
    c1: { calls: { finishTask: finish }, token: undefined },
    hostId: 'test-host-1',
    clock,
    random: seededRandom(1),
    logger: createLogger({ format: 'json', level: 'error', clock, redact: (text) => text, write: () => undefined }),
    trace: noTrace,
    accepts: new Set<string>(),
  }) as unknown as ServiceContext;

// With a server it is tested in tests/service-mode; here that silence, too, counts against the lease.
test('no attempt begins after the lease, however long each waits for its answer', async () => {
  const clock = new VirtualClock();
  const begun: number[] = [];
  const finish = async (): Promise<never> => {
    begun.push(clock.monotonic());
    await clock.sleep(30_000);
    throw new ConnectError('no answer', Code.DeadlineExceeded);
  };
  const isTaken = await finishTask(contextOf(clock, finish), 'task', { ok: true }, new AbortController().signal);
  expect(isTaken).toBe(false);
  expect(begun.length).toBeGreaterThan(2);
  expect((begun.at(-1) ?? Infinity) - (begun[0] ?? 0)).toBeLessThanOrEqual(120_000);
});

test('the last attempt begins when the lease ends, not a wait before', async () => {
  const clock = new VirtualClock();
  const begun: number[] = [];
  const finish = (): Promise<never> => {
    begun.push(clock.monotonic());
    return Promise.reject(new ConnectError('away', Code.Unavailable));
  };
  await finishTask(contextOf(clock, finish), 'task', { ok: true }, new AbortController().signal);
  expect((begun.at(-1) ?? 0) - (begun[0] ?? 0)).toBe(120_000);
});
