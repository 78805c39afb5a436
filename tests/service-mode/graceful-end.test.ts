import { readdirSync } from 'node:fs';
import type { FakeC1 } from '@batonkit/conformance';
import { expect, test } from 'vitest';
import { withService } from './with-service.ts';

const id = '2N0tTest00000000000000Task1';
const sync = { id, taskType: { case: 'syncFull', value: {} } } as const;
const isAsked =
  (call: string) =>
  ({ exchanges }: FakeC1): boolean =>
    exchanges.some((one) => one.call === call && one.ended !== undefined);
const ends = ({ tasks }: FakeC1) =>
  tasks.get(id)?.finishes.map(({ accepted, request: { status, finalState } }) => ({
    accepted,
    code: status?.code ?? 0,
    isFinal: finalState.case === 'error' && finalState.value.nonRetryable,
  }));

test.concurrent.each(['SIGTERM', 'SIGINT'] as const)('%s while nothing is done ends with 0', async (signal) => {
  await withService({}, [], async ({ c1, service }) => {
    await c1.until(isAsked('GetTask'));
    expect(await service.stop(signal)).toBe(0);
  });
});

test.concurrent('a task that is done within the grace period ends well', async () => {
  // Long enough for a busy machine: the clock of these tests runs ten times as fast.
  const argv = ['--grace-period', '600'];
  await withService({ tasks: [sync], script: { takesMs: 8000 }, argv }, [], async ({ c1, service, tempDir }) => {
    await c1.until(isAsked('Heartbeat'));
    expect(await service.stop()).toBe(0);
    expect(ends(c1)).toEqual([{ accepted: true, code: 0, isFinal: false }]);
    expect(readdirSync(tempDir)).toEqual([]);
  });
});

test.concurrent('a task that takes longer is given back, and nothing of it is left', async () => {
  const argv = ['--grace-period', '2'];
  await withService({ tasks: [sync], script: { takesMs: 600_000 }, argv }, [], async ({ c1, service, tempDir }) => {
    await c1.until(isAsked('Heartbeat'));
    expect(await service.stop()).toBe(0);
    expect(ends(c1)).toEqual([{ accepted: true, code: 14, isFinal: false }]);
    expect(readdirSync(tempDir)).toEqual([]);
  });
});

test.concurrent('SIGINT before C1 has answered the first Hello ends with 0', async () => {
  await withService({}, [{ on: 'Hello', fault: { kind: 'hang' } }], async ({ c1, service }) => {
    await c1.until(({ exchanges }) => exchanges.some(({ call }) => call === 'Hello'));
    expect(await service.stop('SIGINT')).toBe(0);
    expect(c1.exchanges.some(({ call }) => call === 'GetTask')).toBe(false);
  });
});
