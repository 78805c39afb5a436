import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeC1 } from '@batonkit/conformance';
import { startFakeC1 } from '@batonkit/conformance';
import { expect, test } from 'vitest';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { answers } from './answers.ts';
import { logged } from './logged.ts';
import { fastClock } from './fast-clock.ts';
import { freePort } from './free-port.ts';
import { scriptedConnector } from './scripted-connector.ts';
import { Service } from './service.ts';

const id = '2N0tTest00000000000000Task1';
const isDone = ({ tasks }: FakeC1): boolean => tasks.get(id)?.done === true;

async function serve(
  c1: FakeC1,
  env: Record<string, string>,
  body: (service: Service, readiness: string) => Promise<void>,
): Promise<void> {
  const tempDir = mkdtempSync(join(tmpdir(), 'service-'));
  const clock = fastClock(20);
  const port = await freePort();
  const argv = ['--health-check', '--health-check-port', String(port)];
  const service = new Service(scriptedConnector(clock, {}), c1, { clock, tempDir, argv, env });
  try {
    await body(service, `http://127.0.0.1:${port}/ready`);
    expect(await service.stop()).toBe(0);
  } finally {
    await service.stop();
    rmSync(tempDir, { recursive: true });
  }
}

test.concurrent('C1 behind a proxy is waited for while that refuses, and every connection goes through it', async () => {
  await using c1 = await startFakeC1({ clock: fastClock(20), names: ['c1.example'], nextPollMs: 200 });
  await using proxy = await startConnectProxy(c1.port, 'me:canary-of-a-password');
  const host = `c1.example:${c1.port}`;
  proxy.status = 403;
  await serve(c1, { BATON_C1_API_HOST: host, HTTPS_PROXY: proxy.url }, async (service, readiness) => {
    await logged(service, 'C1 cannot be reached: the proxy does not let through.', 2);
    await answers(readiness, 503);
    expect(c1.connections).toBe(0);
    proxy.status = 200;
    await answers(readiness, 200);
    c1.add({ id, taskType: { case: 'syncFull', value: {} } });
    await c1.until(isDone);
    // The upload has one of its own.
    expect(c1.connections).toBe(2);
    expect(new Set(proxy.asked)).toEqual(new Set([host]));
    proxy.status = 502;
    proxy.reset();
    await answers(readiness, 503);
    proxy.status = 200;
    await answers(readiness, 200);
    expect(service.log).not.toContain('canary');
  });
});

test.concurrent('C1 whose authority is not trusted gets nothing, is named so, and is tried again', async () => {
  await using c1 = await startFakeC1({ clock: fastClock(20), nextPollMs: 200 });
  await serve(c1, { SSL_CERT_FILE: '' }, async (service, readiness) => {
    await logged(service, 'its certificate is not trusted', 3);
    await answers(readiness, 503);
    expect(c1.exchanges).toEqual([]);
  });
  // With it, all is as always.
  await serve(c1, {}, async (_service, readiness) => await answers(readiness, 200));
});
