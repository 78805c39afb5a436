import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Clock } from '@batonkit/kernel';
import { BatonError, createRedactor, systemClock } from '@batonkit/kernel';
import { describe, expect, test } from 'vitest';
import { healthCheck } from '../src/health/health-check-command.ts';
import type { HealthServerOptions } from '../src/health/health-server.ts';
import { startHealthServer } from '../src/health/health-server.ts';
import type { ServiceState } from '../src/health/service-state.ts';
import { TargetProbe } from '../src/health/target-probe.ts';
import type { Logger } from '../src/logger.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const refused = new BatonError({
  code: 'FX-AUTH',
  status: 16,
  title: 'The key hunter22 was refused.',
  meaning: 'Nothing was read.',
  remedy: 'Use another.',
});
/** Time that stands: no wait of it ends. */
const standing: Clock = {
  now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  monotonic: () => 0,
  sleep: (_milliseconds, signal) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    }),
};

function start(options: Partial<HealthServerOptions> = {}) {
  return startHealthServer({
    address: '127.0.0.1',
    port: 0,
    clock: standing,
    validate: () => Promise.resolve(),
    state: () => ({ c1: 'connected' }),
    logger: silent,
    redact: createRedactor(['hunter22']),
    ...options,
  });
}

async function ask(port: number, method: string, path: string, body?: string) {
  const sent = request({ port, method, path, agent: false });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
}

describe('answers', () => {
  const at = '"timestamp":"2026-01-02T03:04:05Z"';

  test.each([
    ['GET', '/health', `{"status":"healthy",${at}}\n`],
    ['GET', '/ready', `{"status":"ready",${at}}\n`],
    ['GET', '/live', `{"status":"alive",${at}}\n`],
    ['GET', '/health?x=1', `{"status":"healthy",${at}}\n`],
    ['HEAD', '/health', ''],
    ['POST', '/health', `{"status":"healthy",${at}}\n`],
    ['DELETE', '/live', `{"status":"alive",${at}}\n`],
  ])('%s %s', async (method, path, text) => {
    await using server = await start();
    const answer = await ask(server.port, method, path);
    expect(answer).toMatchObject({ status: 200, text });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', connection: 'close' });
    expect(answer.headers['content-length']).toBe(path === '/live' || path === '/ready' ? '54' : '56');
  });

  test.each(['/', '/health/', '/healthz', '/HEALTH', '/ready/x', '//live'])('GET %s is not found', async (path) => {
    await using server = await start();
    expect(await ask(server.port, 'GET', path)).toMatchObject({
      status: 404,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    });
  });

  test('a target that refuses fails /health alone, by name and without the secret', async () => {
    await using server = await start({ validate: () => Promise.reject(refused) });
    const { status, text } = await ask(server.port, 'GET', '/health');
    expect(status).toBe(503);
    expect(JSON.parse(text)).toEqual({
      status: 'unhealthy',
      timestamp: '2026-01-02T03:04:05Z',
      details: {
        error: 'The target cannot be used.',
        validation_error: 'The key [redacted] was refused. (FX-AUTH)',
        target: 'unusable',
        c1: 'connected',
      },
    });
    expect((await ask(server.port, 'GET', '/ready')).status).toBe(200);
    expect((await ask(server.port, 'GET', '/live')).status).toBe(200);
  });

  test('/ready follows C1 from before the first Hello on; /health says it and goes on being about the target', async () => {
    let state: ServiceState = { c1: 'connecting', c1Error: 'connection refused' };
    await using server = await start({ state: () => state });
    const before = await ask(server.port, 'GET', '/ready');
    expect(before.status).toBe(503);
    expect(JSON.parse(before.text)).toMatchObject({
      status: 'not_ready',
      details: { c1: 'connecting', c1_error: 'connection refused' },
    });
    state = { c1: 'connected' };
    expect((await ask(server.port, 'GET', '/ready')).status).toBe(200);
    state = { c1: 'lost' };
    const lost = await ask(server.port, 'GET', '/ready');
    expect([lost.status, JSON.parse(lost.text)]).toMatchObject([503, { details: { c1: 'lost' } }]);
    const health = await ask(server.port, 'GET', '/health');
    expect([health.status, JSON.parse(health.text)]).toMatchObject([
      200,
      { status: 'healthy', details: { c1: 'lost' } },
    ]);
    expect((await ask(server.port, 'GET', '/live')).status).toBe(200);
  });

  test('a mistake of ours in the check does not show what was thrown', async () => {
    await using server = await start({ validate: () => Promise.reject(new Error('at /home/somebody: token abc')) });
    expect((await ask(server.port, 'GET', '/health')).text).not.toMatch(/somebody|abc/);
  });
});

describe('the target is asked seldom', () => {
  /** Time that is moved by hand, and a target that answers when it is told to. */
  const still = () => {
    let now = 0;
    const sleepers: { until: number; wake: () => void }[] = [];
    const clock: Clock = {
      now: () => now,
      monotonic: () => now,
      sleep: (milliseconds, signal) =>
        new Promise((wake, reject) => {
          sleepers.push({ until: now + milliseconds, wake });
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    };
    const calls: { end: (error?: Error) => void; signal: AbortSignal }[] = [];
    const told: (string | undefined)[] = [];
    const probe = new TargetProbe({
      clock,
      validate: (signal) =>
        new Promise((resolve, reject) => calls.push({ end: (e) => (e ? reject(e) : resolve()), signal })),
      changed: ({ error }) => told.push(error),
    });
    const pass = (milliseconds: number): void => {
      now += milliseconds;
      for (const { until, wake } of sleepers) if (until <= now) wake();
    };
    return { probe, calls, told, pass };
  };

  test('a hundred probers at once make one request; within ten seconds there is no other', async () => {
    const { probe, calls, pass } = still();
    const all = Promise.all(Array.from({ length: 100 }, () => probe.result()));
    expect(calls).toHaveLength(1);
    calls[0]?.end();
    expect(new Set((await all).map(({ error }) => error))).toEqual(new Set([undefined]));
    pass(9999);
    await probe.result();
    expect(calls).toHaveLength(1);
  });

  test('probed each second for ten minutes: about sixty requests', async () => {
    const { probe, calls, pass } = still();
    for (let second = 0; second < 600; second += 1) {
      const result = probe.result();
      calls.at(-1)?.end();
      await result;
      pass(1000);
    }
    expect(calls.length).toBeGreaterThan(50);
    expect(calls.length).toBeLessThanOrEqual(60);
  });

  test('a slow target does not make the prober wait, but no finding gets older than a minute', async () => {
    const { probe, calls, pass } = still();
    const first = probe.result();
    calls[0]?.end();
    await first;
    pass(15_000);
    const second = probe.result();
    expect(calls).toHaveLength(2);
    pass(500);
    expect(await second).toEqual({ at: 0 });
    // Its 30 seconds are over at 45: the older finding is answered until then, and not after.
    pass(29_499);
    const third = probe.result();
    pass(1);
    expect((await third).error).toMatch(/did not answer within 30 seconds/);
    expect(calls).toHaveLength(2);
  });

  test('a call that does not end is not begun a second time, and ends as a failure', async () => {
    const { probe, calls, told, pass } = still();
    const first = probe.result();
    pass(30_000);
    expect((await first).error).toMatch(/30 seconds/);
    expect(calls[0]?.signal.aborted).toBe(true);
    pass(100_000);
    expect((await probe.result()).error).toMatch(/30 seconds/);
    expect(calls).toHaveLength(1);
    expect(told).toHaveLength(1);
    // It ends at last: what it says is too late, and the next prober asks anew.
    calls[0]?.end();
    await new Promise((resolve) => setImmediate(resolve));
    pass(10_001);
    const next = probe.result();
    expect(calls).toHaveLength(2);
    calls[1]?.end();
    expect((await next).error).toBeUndefined();
    expect(told).toEqual([expect.stringMatching(/30 seconds/), undefined]);
  });
});

describe('bounds', () => {
  test('an address that is taken ends the start with exit 2', async () => {
    await using server = await start();
    await expect(start({ port: server.port })).rejects.toMatchObject({ code: 'BK-HEALTH-LISTEN', status: 2 });
  });

  test('many silent connections do not keep a prober out, and the server ends at once with them open', async () => {
    const server = await start();
    const silentOnes = Array.from({ length: 200 }, () => connect(server.port, '127.0.0.1').on('error', () => {}));
    await Promise.all(silentOnes.map((socket) => once(socket, 'connect')));
    expect((await ask(server.port, 'GET', '/live')).status).toBe(200);
    const started = performance.now();
    await server[Symbol.asyncDispose]();
    expect(performance.now() - started).toBeLessThan(2000);
    for (const socket of silentOnes) socket.destroy();
  });

  test('a body that does not end is not waited for', async () => {
    await using server = await start();
    const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
    socket.write('POST /live HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc');
    let text = '';
    for await (const chunk of socket as AsyncIterable<string>) text += chunk;
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('headers that do not end are given up', async () => {
    await using server = await start({ requestMs: 100 });
    const socket = connect(server.port, '127.0.0.1').on('error', () => {});
    socket.write('GET /live HTTP/1.1\r\nHost: x\r\nA: b');
    socket.resume();
    await once(socket, 'close');
    expect((await ask(server.port, 'GET', '/live')).status).toBe(200);
  });
});

describe('health-check', () => {
  const check = (options: Partial<Parameters<typeof healthCheck>[0]>) =>
    healthCheck({
      address: '127.0.0.1',
      port: 1,
      endpoint: 'health',
      timeoutSeconds: 5,
      clock: systemClock,
      signal: new AbortController().signal,
      ...options,
    });

  test('200 is silence', async () => {
    await using server = await start();
    for (const endpoint of ['health', 'ready', 'live']) await check({ port: server.port, endpoint });
    await check({ port: server.port, address: 'localhost' }).catch((error: unknown) =>
      // A machine where the name means the other family alone.
      expect(error).toMatchObject({ status: 14 }),
    );
    await check({ port: server.port, timeoutSeconds: 0 });
  });

  // Existing deployments may give either.
  test.skipIf(!hasIpv6)('an address of version 6 may stand in brackets', async () => {
    await using server = await start({ address: '[::1]' });
    for (const address of ['::1', '[::1]']) await check({ port: server.port, address });
    await expect(check({ port: 1, address: '[::1]' })).rejects.toMatchObject({
      report: { title: expect.stringContaining('http://[::1]:1/health') as string },
    });
  });

  test.each([
    ['a bad endpoint', { endpoint: 'nope' }, 2],
    ['nobody there', { port: 1 }, 14],
    ['no port', { port: 0 }, 14],
  ])('%s', async (_name, options, status) => {
    await expect(check(options)).rejects.toMatchObject({ status });
  });

  test('503 is exit 2, with what the server says', async () => {
    await using server = await start({ validate: () => Promise.reject(refused) });
    await expect(check({ port: server.port })).rejects.toMatchObject({
      status: 2,
      report: { meaning: expect.stringMatching(/key \[redacted\] was refused/) as string },
    });
  });

  test('a server that takes too long is exit 4', async () => {
    await using server = await start({ validate: () => new Promise(() => {}), clock: systemClock });
    await expect(check({ port: server.port, timeoutSeconds: 0.05 })).rejects.toMatchObject({ status: 4 });
  });
});
