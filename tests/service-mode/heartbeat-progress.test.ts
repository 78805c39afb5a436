import type { FakeC1, Fault } from '@batonkit/conformance';
import { announce, progressFromAnnotations } from '@batonkit/protocol';
import type { BatonServiceHeartbeatRequest } from '@batonkit/protocol/connectorapi';
import { expect, test } from 'vitest';
import { withService } from './with-service.ts';

const id = '2N0tTest00000000000000Task1';
const sync = { id, taskType: { case: 'syncFull', value: {} } } as const;
// So that beats come while it is read, and after that.
const options = { tasks: [sync], heartbeatMs: 1000, script: { takesMs: 10_000 } };
const slowUpload = { on: 'UploadAsset', fault: { kind: 'slow', milliseconds: 10_000 } } as const;

const beatsOf = ({ exchanges }: FakeC1, isTaken = false) =>
  exchanges
    .filter(({ call, outcome }) => call === 'Heartbeat' && (!isTaken || outcome === 'answered'))
    .map(({ messages }) => messages[0]?.message as unknown as BatonServiceHeartbeatRequest);

test('heartbeats carry what happened since the last one to who announced that it takes it, each line once', async () => {
  const hello: Fault = { kind: 'reply', message: { annotations: [announce(['progress'])] } };
  const lost: Fault = { kind: 'status', code: 14 };
  const rules = [
    { on: 'Hello', fault: hello },
    slowUpload,
    // What a beat carried that C1 did not take comes with the next.
    { on: 'Heartbeat', fault: lost, skip: 1, times: 2 },
  ] as const;
  await withService(options, rules, async ({ c1, service }) => {
    await c1.until(({ tasks }) => tasks.get(id)?.done === true);
    expect(beatsOf(c1)[0]?.annotations).toEqual([]);
    const lines = beatsOf(c1, true).flatMap(({ annotations }) => progressFromAnnotations(annotations));
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.every(({ v, at }) => v === 1 && typeof at === 'string')).toBe(true);
    const types = new Set(lines.map(({ type }) => type));
    expect([...types]).toEqual(expect.arrayContaining(['start', 'phase', 'request', 'list', 'stored']));
    expect(lines.filter(({ type }) => type === 'start')).toHaveLength(1);
    const phases = lines.filter(({ type }) => type === 'phase').map(({ phase }) => phase);
    expect(phases).toEqual([...new Set(phases)]);
    // Of each list the end is among them.
    const ends = lines.filter(({ type, done }) => type === 'list' && done === true).map(({ list }) => list);
    expect(ends).toContain('users');
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(service.log).toContain('a heartbeat failed');
  });
});

test('whoever announced nothing gets heartbeats without anything', async () => {
  await withService(options, [slowUpload], async ({ c1 }) => {
    await c1.until(({ tasks }) => tasks.get(id)?.done === true);
    expect(beatsOf(c1).length).toBeGreaterThan(2);
    for (const { annotations } of beatsOf(c1)) expect(annotations).toEqual([]);
  });
});
