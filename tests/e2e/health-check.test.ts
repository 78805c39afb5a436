import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeC1 } from '@batonkit/conformance';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../service-mode/free-port.ts';
import { connectorProgram } from '../support/console.ts';
import type { Result } from '../support/program.ts';
import { runProgram } from '../support/program.ts';
import { startSimulator } from '../support/simulator.ts';
import { eventually } from '../support/eventually.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'health-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A service and what asks for its health, which in a container has the same environment. */
async function startService(env: Record<string, string>) {
  const own = { ...env, BATON_HEALTH_CHECK: 'true', BATON_HEALTH_CHECK_PORT: String(await freePort()) };
  const child = spawn(process.execPath, [connectorProgram], { env: own, cwd: folder, stdio: 'ignore' });
  const ended = once(child, 'exit');
  return {
    ask: (endpoint?: string): Promise<Result> =>
      runProgram(
        [connectorProgram, 'health-check', ...(endpoint === undefined ? [] : ['--endpoint', endpoint])],
        own,
        folder,
      ),
    stop: async (): Promise<unknown> => {
      child.kill('SIGTERM');
      return (await ended)[0];
    },
  };
}

const well: Result = { code: 0, out: '', errors: '' };

async function becomes<T extends { code: number | null }>(
  ask: () => Promise<T>,
  isSo: (code: number | null) => boolean,
): Promise<void> {
  let said: T | undefined;
  await eventually(
    async () => isSo((said = await ask()).code),
    () => JSON.stringify(said),
  );
}

test('health-check tells a service that is ready from one that is not, its target from C1, and both from nobody', async () => {
  await using simulator = await startSimulator('--users 20 --seed 5');
  await using c1 = await startFakeC1({ nextPollMs: 500 });
  await c1.refuse();
  const env = { ...c1.environment, BATON_BASE_URL: simulator.baseUrl, BATON_TMPDIR: folder };
  const service = await startService({ ...env, BATON_API_KEY: simulator.apiKey });
  const refused = await startService({ ...env, BATON_API_KEY: simulator.keys.invalid });
  try {
    for (const { ask } of [service, refused]) {
      // Until it listens.
      await becomes(
        async () => await ask('live'),
        (code) => code !== 14,
      );
      expect(await ask('live')).toEqual(well);
      const { code, out, errors } = await ask('ready');
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(errors).toContain('C1 has not answered the first Hello yet.');
    }
    expect(await service.ask()).toEqual(well);

    await c1.accept();
    for (const { ask } of [service, refused])
      await becomes(
        async () => await ask('ready'),
        (code) => code === 0,
      );
    expect(await service.ask('health')).toEqual(well);
    const { code, out, errors } = await refused.ask();
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(errors).toContain('The target cannot be used.');
    expect(errors).toContain('(RL-AUTH-401)');
    expect(errors).not.toContain('C1');
    expect(await refused.ask('live')).toEqual(well);
  } finally {
    expect([await service.stop(), await refused.stop()]).toEqual([0, 0]);
  }
  expect(await service.ask('ready')).toMatchObject({
    code: 14,
    errors: expect.stringContaining('Nobody listens there.') as string,
  });
});
