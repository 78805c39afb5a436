import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeC1, Fault, FaultRule } from '@batonkit/conformance';
import { startFakeC1 } from '@batonkit/conformance';
import { describe, expect, test } from 'vitest';
import { fastClock } from './fast-clock.ts';
import { logged } from './logged.ts';
import { scriptedConnector } from './scripted-connector.ts';
import { Service } from './service.ts';
import { withService } from './with-service.ts';

const id = (n: number): string => `2N0tTest00000000000000Task${n}`;
const sync = (n: number) => ({ id: id(n), taskType: { case: 'syncFull', value: {} } }) as const;

const finishes = ({ exchanges }: FakeC1) =>
  exchanges
    .filter(({ call, outcome }) => call === 'FinishTask' && outcome === 'answered')
    .map(({ messages }) => messages[0]?.message as unknown as { taskId: string; status?: { code: number } });

const isDone =
  (n: number) =>
  (c1: FakeC1): boolean =>
    finishes(c1).some(({ taskId, status }) => taskId === id(n) && status === undefined);

describe('a poll that is answered badly does not end the service; the task after it is done', () => {
  const faults: [string, Fault][] = [
    ['bytes that are no message', { kind: 'garbage' }],
    ['a frame that is cut short', { kind: 'short' }],
    ['a message of more than 4 MiB', { kind: 'oversized', bytes: 5 * 1024 * 1024 }],
    ['a reset stream', { kind: 'reset' }],
    ['a cut connection', { kind: 'cut' }],
    ['no status', { kind: 'no status' }],
    ['a connection that takes no more calls', { kind: 'goaway' }],
    ['a web page', { kind: 'http', status: 200, body: '<html>', contentType: 'text/html' }],
    ['a gateway without what is behind it', { kind: 'http', status: 502 }],
    ['a refused token', { kind: 'status', code: 16, message: 'expired' }],
    ['a task without an id', { kind: 'reply', message: { task: { taskType: { case: 'syncFull', value: {} } } } }],
  ];
  test.concurrent.each(faults)('%s', async (_, fault) => {
    await withService({ tasks: [sync(1)] }, [{ on: 'GetTask', fault, times: 2 }], async ({ c1 }) => {
      await c1.until(isDone(1));
    });
  });
});

describe('an upload that goes wrong is begun again', () => {
  const faults: [string, Fault][] = [
    ['a reset stream', { kind: 'reset', after: 1 }],
    ['a cut connection', { kind: 'cut', after: 1 }],
    ['a token that ends in the middle', { kind: 'status', code: 16, message: 'expired', after: 2 }],
    ['bytes that are no message', { kind: 'garbage' }],
  ];
  test.concurrent.each(faults)('%s', async (_, fault) => {
    await withService({ tasks: [sync(1)] }, [{ on: 'UploadAsset', fault, times: 2 }], async ({ c1, tempDir }) => {
      await c1.until(isDone(1));
      expect(c1.exchanges.filter(({ call }) => call === 'UploadAsset')).toHaveLength(3);
      await c1.until(() => readdirSync(tempDir).length === 0);
    });
  });
});

describe('tasks', () => {
  test('one that is handed out twice runs once', async () => {
    const twice: Fault = { kind: 'reply', message: { task: sync(1) } };
    const rule = { on: 'GetTask', fault: twice, times: 5 } as const;
    await withService({ tasks: [sync(1)], nextPollMs: 500, script: { takesMs: 3000 } }, [rule], async ({ c1 }) => {
      await c1.until(isDone(1));
      await c1.until(({ exchanges }) => exchanges.filter(({ call }) => call === 'GetTask').length > 8);
      expect(finishes(c1)).toHaveLength(1);
    });
  });

  test('an answer without task and wait makes no loop that spins', async () => {
    await withService({ nextPollMs: 0 }, [], async ({ c1 }) => {
      await c1.until(({ exchanges }) => exchanges.filter(({ call }) => call === 'GetTask').length >= 8);
      const polls = c1.exchanges.filter(({ call }) => call === 'GetTask');
      // Three at once, then 100, 200, 400 and 800 ms.
      expect((polls[7]?.began ?? 0) - (polls[0]?.began ?? 0)).toBeGreaterThan(1200);
    });
  });

  test('a temporary directory that is gone fails the task, not the service', async () => {
    await withService({ nextPollMs: 200 }, [], async ({ c1, tempDir }) => {
      await c1.until(({ exchanges }) => exchanges.some(({ call }) => call === 'GetTask'));
      rmSync(tempDir, { recursive: true });
      c1.add(sync(1));
      await c1.until((c1) => finishes(c1).some(({ taskId, status }) => taskId === id(1) && status?.code === 2));
      mkdirSync(tempDir);
      c1.add(sync(2));
      await c1.until(isDone(2));
    });
  });

  test('one whose first heartbeat breaks with its connection is given back, not said to be cancelled', async () => {
    await withService({ tasks: [sync(1)] }, [{ on: 'Heartbeat', fault: { kind: 'hang' } }], async ({ c1 }) => {
      await c1.until(({ exchanges }) => exchanges.some(({ call, messages }) => call === 'Heartbeat' && messages[0]));
      c1.cut();
      await c1.until((c1) => finishes(c1).length === 1);
      expect(finishes(c1)[0]).toMatchObject({ taskId: id(1), status: { code: 14 } });
    });
  });

  test('one whose end C1 does not hear of at first is told again', async () => {
    const rule: FaultRule = { on: 'FinishTask', fault: { kind: 'cut' }, times: 3 };
    await withService({ tasks: [sync(1)] }, [rule], async ({ c1 }) => {
      await c1.until(isDone(1));
    });
  });
});

test('the end of a task that C1 does not take is told for as long as the lease may last; then its place is free', async () => {
  const rule: FaultRule = { on: 'FinishTask', fault: { kind: 'status', code: 14 }, times: Infinity, taskId: id(1) };
  const argv = ['--task-concurrency', '1'];
  // Longer than what the service counts with: not handed out again meanwhile.
  await withService({ tasks: [sync(1), sync(2)], argv, leaseMs: 600_000 }, [rule], async ({ c1, service }) => {
    await c1.until(isDone(2));
    const told = c1.exchanges.filter(({ call, outcome }) => call === 'FinishTask' && outcome !== 'answered');
    expect(told.length).toBeGreaterThanOrEqual(5);
    expect((told.at(-1)?.began ?? Infinity) - (told[0]?.began ?? 0)).toBeLessThanOrEqual(121_000);
    expect(service.log).toContain('C1 did not take the end of a task');
  });
});

describe('the answer to the first Hello', () => {
  // What C1 would say again to the same words ends the service, with the status that it refuses with.
  const ends = new Map([3, 5, 7, 9, 12, 16].map((code) => [code, code]));
  test.concurrent.each(Array.from({ length: 16 }, (_, n) => n + 1))('code %i', async (code) => {
    await expectHello({ kind: 'status', code, message: 'not you' }, ends.get(code));
  });
  // As gRPC reads an HTTP status (of what stands before C1).
  test.concurrent.each([
    [401, 16],
    [403, 7],
    [404, 12],
    [429, undefined],
    [500, undefined],
    [502, undefined],
    [503, undefined],
  ])('a web server with %i', async (status, exit) => {
    await expectHello({ kind: 'http', status, body: '<html>', contentType: 'text/html' }, exit);
  });
});

describe('the answer of the token endpoint', () => {
  test.concurrent.each([
    [400, 16],
    [401, 16],
    [403, 16],
    [404, 16],
    [408, undefined],
    [429, undefined],
    [500, undefined],
    [503, undefined],
  ])('%i', async (status, exit) => {
    await expectHello({ kind: 'http', status }, exit, 'token');
  });
});

/** The service ends with this code, or else asks again and goes on. */
async function expectHello(fault: Fault, exit: number | undefined, on: 'Hello' | 'token' = 'Hello'): Promise<void> {
  const clock = fastClock(20);
  await using c1 = await startFakeC1({ clock });
  c1.fault({ on, fault, times: exit === undefined ? 2 : Infinity });
  const tempDir = mkdtempSync(join(tmpdir(), 'service-'));
  const service = new Service(scriptedConnector(clock, {}), c1, { clock, tempDir });
  try {
    if (exit === undefined) {
      await Promise.race([c1.until(({ exchanges }) => exchanges.some(({ call }) => call === 'GetTask')), service.exit]);
      expect(c1.exchanges.filter(({ call }) => call === on)).toHaveLength(3);
      expect(await service.stop()).toBe(0);
    } else {
      expect(await service.exit).toBe(exit);
      expect(c1.exchanges.filter(({ call }) => call === on)).toHaveLength(1);
    }
  } finally {
    await service.stop();
    rmSync(tempDir, { recursive: true });
  }
}

test('C1 that is away at the start and later is waited for', async () => {
  const clock = fastClock(20);
  await using c1 = await startFakeC1({ clock, nextPollMs: 500 });
  await c1.refuse();
  const tempDir = mkdtempSync(join(tmpdir(), 'service-'));
  const service = new Service(scriptedConnector(clock, {}), c1, { clock, tempDir });
  await logged(service, 'tried again');
  await c1.accept();
  await c1.until(({ exchanges }) => exchanges.some(({ call }) => call === 'GetTask'));
  await c1.refuse();
  await logged(service, 'asked again');
  await c1.accept();
  c1.add(sync(1));
  await c1.until(isDone(1));
  expect(await service.stop()).toBe(0);
  rmSync(tempDir, { recursive: true });
});

test('a first Hello that is never answered is given up and said again', async () => {
  await withService({}, [{ on: 'Hello', fault: { kind: 'hang' } }], async ({ c1 }) => {
    await c1.until(({ exchanges }) => exchanges.some(({ call }) => call === 'GetTask'));
  });
});

test.concurrent('a verdict about what the connector sends is final: the next try would send it again', async () => {
  await withService({ tasks: [sync(1)], script: { contradicts: true } }, [], async ({ c1 }) => {
    await c1.until(({ tasks }) => tasks.get(id(1))?.done === true);
    expect(c1.tasks.get(id(1))?.finishes[0]?.request).toMatchObject({
      status: { code: 15 },
      finalState: { value: { nonRetryable: true } },
    });
  });
});
