import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FlagValue } from '../src/cli/flag.ts';
import { readTelemetrySettings } from '../src/telemetry/read-telemetry-settings.ts';
import { startCollector } from './collector.ts';
import { key, ProgramFolder } from './program-folder.ts';

const tls = (name: string): string => new URL(`../../../tests/fixtures/tls/${name}`, import.meta.url).pathname;

const folder = new ProgramFolder();

describe('a sync with a collector', () => {
  test.each([
    ['plain', true],
    ['TLS', false],
  ])('over %s: spans of the run and its requests, and the log; no secret', async (_name, isPlain) => {
    await using collector = await startCollector(isPlain);
    const trust = isPlain
      ? ['--otel-collector-endpoint-tls-insecure']
      : ['--otel-collector-endpoint-tls-cert-path', tls('authority.pem')];
    const ended = await folder.here(['--otel-collector-endpoint', collector.endpoint, ...trust]);
    expect(ended.code).toBe(0);
    const spans = collector.spans();
    const [root] = spans.filter(({ parentSpanId }) => parentSpanId.length === 0);
    expect(root).toMatchObject({ name: 'sync', status: { code: 1 } });
    expect(spans.some(({ name }) => name === 'GET /users')).toBe(true);
    for (const span of spans) expect(span.traceId).toEqual(root?.traceId);
    expect(collector.traces[0]?.resourceSpans[0]?.resource?.attributes[0]).toMatchObject({
      key: 'service.name',
      value: { value: { value: 'baton-fixture-server' } },
    });
    const bodies = collector.records().map(({ body }) => body?.value.value);
    expect(bodies).toContain('sync complete');
    expect(ended.stderr.split('\n').filter((line) => line.includes('sync complete'))).toHaveLength(1);
  });

  test('a failed run is told as one, without the key', async () => {
    await using collector = await startCollector(true);
    const argv = ['--otel-collector-endpoint', collector.endpoint, '--otel-collector-endpoint-tls-insecure'];
    const ended = await folder.here(argv, { BATON_BEHAVIOUR: 'refuse' });
    expect(ended.code).toBe(16);
    expect(collector.spans().find(({ name }) => name === 'sync')).toMatchObject({ status: { code: 2 } });
    const all = [...collector.traces, ...collector.logs];
    const text = JSON.stringify(all, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
    expect(text).toContain('[redacted]');
    expect(text).not.toContain(key);
  });

  test('a collector that is not there is named once, and changes nothing else', async () => {
    const argv = ['--otel-collector-endpoint', '127.0.0.1:1', '--otel-collector-endpoint-tls-insecure'];
    const started = performance.now();
    const ended = await folder.here(argv);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toBe('');
    // Neither spans nor lines arrive: two calls fail, and one line says it.
    expect(ended.stderr.split('the collector takes no traces')).toHaveLength(2);
    expect(performance.now() - started).toBeLessThan(8000);
  });
});

// As the port next to it, which takes the same over HTTP/1.1.
test('a collector of another protocol ends no program', async () => {
  const other = createServer((_request, response) => response.end('no')).listen(0, '127.0.0.1');
  try {
    await once(other, 'listening');
    const endpoint = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const argv = ['--otel-collector-endpoint', endpoint, '--otel-collector-endpoint-tls-insecure'];
    const child = await folder.sync(argv);
    expect(child).toMatchObject({ code: 0 });
    expect(child.stderr).toContain('the collector takes no traces');
  } finally {
    other.close();
  }
});

describe('settings', () => {
  const read = (values: Record<string, FlagValue>) => readTelemetrySettings(new Map(Object.entries(values)));
  const endpoint = { 'otel-collector-endpoint': 'collector.example:4317' };

  test('with TLS unless it is turned off; each of both can be turned off', () => {
    expect(read({}).settings).toBeUndefined();
    expect(read(endpoint).settings).toMatchObject({ traces: true, logs: true });
    expect(read(endpoint).settings?.collector.href).toBe('https://collector.example:4317/');
    expect(read({ ...endpoint, 'otel-collector-endpoint-tls-insecure': true }).settings?.collector.protocol).toBe(
      'http:',
    );
    expect(read({ ...endpoint, 'otel-tracing-disabled': true }).settings).toMatchObject({ traces: false, logs: true });
    expect(
      read({ ...endpoint, 'otel-tracing-disabled': true, 'otel-logging-disabled': true }).settings,
    ).toBeUndefined();
    const pem = readFileSync(tls('authority.pem'), 'utf8');
    const encoded = Buffer.from(pem).toString('base64url');
    expect(read({ ...endpoint, 'otel-collector-endpoint-tls-cert': encoded }).settings?.authority).toBe(pem);
  });

  test.each<[string, Record<string, FlagValue>]>([
    ['an address that is none', { 'otel-collector-endpoint': 'a b' }],
    ['a user in the address', { 'otel-collector-endpoint': 'user:pass@host:1' }],
    ['no such file', { ...endpoint, 'otel-collector-endpoint-tls-cert-path': join('/no', 'such') }],
    ['no certificate', { ...endpoint, 'otel-collector-endpoint-tls-cert': 'AAAA' }],
    ['both', { ...endpoint, 'otel-collector-endpoint-tls-cert': 'AAAA', 'otel-collector-endpoint-tls-cert-path': 'x' }],
  ])('%s is refused with exit 2', (_name, values) => {
    expect(read(values).problems).toMatchObject([{ code: 'BK-OTEL', status: 2 }]);
  });
});
