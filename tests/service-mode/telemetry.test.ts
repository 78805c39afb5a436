import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeC1 } from '@batonkit/conformance';
import { expect, test } from 'vitest';
import { startCollector } from '../../sdk/runtime/test/collector.ts';
import { eventually } from '../support/eventually.ts';
import { fastClock } from './fast-clock.ts';
import { freePort } from './free-port.ts';
import { logged } from './logged.ts';
import { scriptedConnector } from './scripted-connector.ts';
import { Service } from './service.ts';
import { withService } from './with-service.ts';

const id = (n: number): string => `2N0tTest000000000000000${String(n).padStart(4, '0')}`;
const sync = (n: number) => ({ id: id(n), taskType: { case: 'syncFull', value: {} } }) as const;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const to = (endpoint: string): string[] => [
  '--otel-collector-endpoint',
  endpoint,
  '--otel-collector-endpoint-tls-insecure',
];

test('each task is a trace of its own, also of two at once: what was done in it, and what was logged about it', async () => {
  await using collector = await startCollector(true);
  const tasks = [sync(1), sync(2), { id: id(3), taskType: { case: 'eventFeed', value: {} } } as const];
  // Long enough that both syncs are under way.
  const options = { tasks, script: { takesMs: 2000 }, argv: to(collector.endpoint), nextPollMs: 0, holdMs: 60_000 };
  await withService(options, [], async ({ c1, service }) => {
    await c1.until((c1) => tasks.every((task) => c1.tasks.get(task.id)?.done === true));
    expect(await service.stop()).toBe(0);
  });
  const spans = collector.spans();
  const roots = spans.filter(({ parentSpanId }) => parentSpanId.length === 0);
  expect(roots.map(({ name }) => name).toSorted()).toEqual(['task event_feed', 'task sync_full', 'task sync_full']);
  expect(new Set(spans.map(({ traceId }) => hex(traceId))).size).toBe(3);
  for (const root of roots) {
    const ofTask = spans.filter(({ traceId }) => hex(traceId) === hex(root.traceId));
    const below = (parent: Uint8Array) => ofTask.filter(({ parentSpanId }) => hex(parentSpanId) === hex(parent));
    const isSync = root.name === 'task sync_full';
    expect(root.status?.code).toBe(isSync ? 1 : 2);
    expect(below(root.spanId).map(({ name }) => name)).toEqual(isSync ? ['sync', 'upload'] : []);
    const part = below(root.spanId).find(({ name }) => name === 'sync');
    if (part !== undefined) expect(below(part.spanId).map(({ name }) => name)).toContain('GET /users');
    const own = root.attributes.find(({ key }) => key === 'task_id')?.value?.value.value;
    const lines = collector.records().filter(({ traceId }) => hex(traceId) === hex(root.traceId));
    const named = lines.flatMap(({ attributes }) => attributes.filter(({ key }) => key === 'task_id'));
    // The task's beginning and its end at the least; of another task nothing.
    expect(named.length).toBeGreaterThan(1);
    expect(new Set(named.map(({ value }) => value?.value.value))).toEqual(new Set([own]));
  }
});

test('a collector that is away is named once however often it is tried, and once more when it is back', async () => {
  const clock = fastClock(20);
  await using c1 = await startFakeC1({ clock, nextPollMs: 500 });
  const port = await freePort();
  const tried: number[] = [];
  const away = createServer((socket) => {
    tried.push(clock.monotonic());
    socket.destroy();
  }).listen(port, '127.0.0.1');
  const tempDir = mkdtempSync(join(tmpdir(), 'service-'));
  const argv = to(`127.0.0.1:${port}`);
  const service = new Service(scriptedConnector(clock, {}), c1, { clock, tempDir, argv });
  const said = (text: string): number => service.log.split(text).length - 1;
  try {
    let task = 0;
    const runOne = async (): Promise<void> => {
      task += 1;
      c1.add(sync(task));
      await c1.until(({ tasks }) => tasks.get(id(task))?.done === true);
    };
    // Spans and lines are sent by themselves: those are several batches of each.
    for (let tries = 0; tried.length < 8; tries += 1) {
      expect(tries, `${tried.length} connections`).toBeLessThan(100);
      await runOne();
    }
    expect(said('the collector takes no traces')).toBe(1);
    away.close();
    await using collector = await startCollector(true, port);
    await runOne();
    await logged(service, 'the collector takes traces again');
    // Lines are sent by themselves, and may come later.
    await eventually(
      () => collector.records().length > 0,
      () => 'no line',
    );
    expect(await service.stop()).toBe(0);
    expect(said('the collector takes no traces')).toBe(1);
  } finally {
    await service.stop();
    away.close();
    rmSync(tempDir, { recursive: true });
  }
});
