import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeC1, FakeC1Options, FaultRule } from '@batonkit/conformance';
import { startFakeC1 } from '@batonkit/conformance';
import { expect } from 'vitest';
import { fastClock } from './fast-clock.ts';
import type { Script } from './scripted-connector.ts';
import { scriptedConnector } from './scripted-connector.ts';
import { Service } from './service.ts';

export interface World {
  c1: FakeC1;
  service: Service;
  tempDir: string;
}

/** A fake C1 with its faults and a service that talks to it; at the end the service is stopped and has to end well. */
export async function withService(
  { script = {}, argv = [], ...fake }: FakeC1Options & { script?: Script; argv?: string[] },
  rules: readonly FaultRule[],
  body: (world: World) => Promise<void>,
): Promise<void> {
  const clock = fastClock(20);
  await using c1 = await startFakeC1({ clock, ...fake });
  for (const rule of rules) c1.fault(rule);
  const tempDir = mkdtempSync(join(tmpdir(), 'service-'));
  const service = new Service(scriptedConnector(clock, script), c1, { clock, tempDir, argv });
  try {
    await body({ c1, service, tempDir });
    expect(await service.stop()).toBe(0);
  } finally {
    service.signals.emit('SIGTERM');
    await service.exit;
    rmSync(tempDir, { recursive: true, force: true });
  }
}
