import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeC1, FakeC1Options } from '@batonkit/conformance';
import { startFakeC1 } from '@batonkit/conformance';
import { toConfiguration } from '@batonkit/connector';
import { systemClock, systemRandom } from '@batonkit/kernel';
import { expect, test } from 'vitest';
import { defaultFlags } from '../../sdk/runtime/src/cli/default-flags.ts';
import { ownFlags } from '../../sdk/runtime/src/configuration/own-flags.ts';
import { readSettings } from '../../sdk/runtime/src/configuration/read-settings.ts';
import { createLogger } from '../../sdk/runtime/src/logger.ts';
import { runService } from '../../sdk/runtime/src/service-mode/run-service.ts';
import { noTrace } from '../../sdk/runtime/src/telemetry/trace.ts';
import { startConnectProxy } from '../support/connect-proxy.ts';
import type { StillRelay } from '../support/still-relay.ts';
import { startStillRelay } from '../support/still-relay.ts';
import { scriptedConnector } from './scripted-connector.ts';

const id = '2N0tTest00000000000000Task1';
const task = { id, taskType: { case: 'syncFull', value: {} } } as const;

/** Behind a relay that can fall still. */
async function withRelay(
  fake: FakeC1Options,
  body: (c1: FakeC1, relay: StillRelay, log: () => string) => Promise<void>,
): Promise<void> {
  await using c1 = await startFakeC1(fake);
  await using relay = await startStillRelay(c1.port);
  await serve({ ...c1.environment, BATON_C1_API_HOST: relay.host }, async (log) => await body(c1, relay, log));
}

/** A service that pings every two seconds. */
async function serve(env: Record<string, string>, body: (log: () => string) => Promise<void>): Promise<void> {
  const clock = systemClock;
  const tempDir = mkdtempSync(join(tmpdir(), 'service-'));
  const definition = scriptedConnector(clock, { nameBytes: 400 });
  const configuration = toConfiguration(definition, true);
  const settings = readSettings({
    defaults: defaultFlags,
    own: ownFlags(configuration, definition.config.fields),
    configuration,
    flags: new Map(),
    env: {
      BATON_BASE_URL: 'https://x.example',
      BATON_API_KEY: 'hunter2-hunter2',
      BATON_USERS: '1500',
      BATON_TMPDIR: tempDir,
      ...env,
    },
    file: undefined,
    stdin: undefined,
    hostedSecrets: new Map(),
  });
  expect(settings.problems).toEqual([]);
  let log = '';
  const redact = (text: string): string => text;
  const logger = createLogger({ format: 'json', level: 'info', clock, redact, write: (line) => (log += line) });
  const stop = new AbortController();
  const { service, network } = settings;
  if (service === undefined) throw new Error('no service');
  const running = runService({
    definition,
    settings,
    service,
    network,
    clock,
    random: systemRandom,
    signal: stop.signal,
    logger,
    redact,
    trace: noTrace,
    pingMs: 2000,
  });
  try {
    await body(() => log);
  } finally {
    stop.abort();
    await running;
    rmSync(tempDir, { recursive: true });
  }
}

const calls = ({ exchanges }: FakeC1, call: string) => exchanges.filter((one) => one.call === call);
const isDone = ({ tasks }: FakeC1): boolean => tasks.get(id)?.finishes.some(({ accepted }) => accepted) === true;

test.concurrent('a poll that C1 holds while its connection falls still is given up, and asked on another', async () => {
  // What it hands out over the dead connection is handed out again when the lease has run out.
  await withRelay({ holdMs: 600_000, leaseMs: 2000, heartbeatMs: 1000 }, async (c1, relay, log) => {
    await c1.until((c1) => calls(c1, 'GetTask').length === 1);
    relay.fallStill();
    await c1.until((c1) => calls(c1, 'GetTask').length === 2);
    expect(log()).toContain('C1 gave no answer about tasks; it is asked again');
    c1.add(task);
    await c1.until(isDone);
    expect(c1.tasks.get(id)?.finishes[0]?.request.status).toBeUndefined();
  });
});

test.concurrent('an upload whose connection falls still is begun again', async () => {
  await withRelay({ tasks: [task], nextPollMs: 60_000 }, async (c1, relay) => {
    c1.fault({ on: 'UploadAsset', fault: { kind: 'slow', milliseconds: 60_000 } });
    await c1.until((c1) => calls(c1, 'UploadAsset').some(({ messages }) => messages.length > 0));
    relay.fallStill();
    await c1.until(isDone);
    expect(calls(c1, 'UploadAsset')).toHaveLength(2);
    expect(c1.tasks.get(id)?.finishes[0]?.request.status).toBeUndefined();
  });
});

test.concurrent('an upload through a proxy that is started anew is begun again', async () => {
  await using c1 = await startFakeC1({ names: ['c1.example'], tasks: [task], nextPollMs: 60_000 });
  await using proxy = await startConnectProxy(c1.port, 'me:canary-of-a-password');
  const env = { ...c1.environment, BATON_C1_API_HOST: `c1.example:${c1.port}`, HTTPS_PROXY: proxy.url };
  await serve(env, async (log) => {
    c1.fault({ on: 'UploadAsset', fault: { kind: 'hang', after: 1 } });
    await c1.until((c1) => calls(c1, 'UploadAsset').some(({ messages }) => messages.length > 0));
    // A reset while a piece is written is not always told to the writer (seen in some of a hundred runs, when all cores
    // are busy): then it is a ping without an answer that ends the wait.
    proxy.reset();
    await c1.until(isDone);
    expect(calls(c1, 'UploadAsset')).toHaveLength(2);
    expect(c1.tasks.get(id)?.finishes[0]?.request.status).toBeUndefined();
    expect(log()).not.toContain('canary');
  });
});
