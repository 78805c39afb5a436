import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeC1 } from '@batonkit/conformance';
import { expect, test } from 'vitest';
import { fastClock } from './fast-clock.ts';
import { scriptedConnector } from './scripted-connector.ts';
import { Service } from './service.ts';
import { withService } from './with-service.ts';

test.concurrent('a clock that is off is named when C1 refuses the token for it', async () => {
  const clock = fastClock(2);
  await using c1 = await startFakeC1({ clock });
  const tempDir = mkdtempSync(join(tmpdir(), 'service-'));
  const ahead = { ...clock, now: () => clock.now() + 600_000 };
  const service = new Service(scriptedConnector(ahead, {}), c1, { clock: ahead, tempDir });
  expect(await service.exit).toBe(16);
  expect(service.log).toMatch(/clock of this machine is 10 minutes ahead of/);
  rmSync(tempDir, { recursive: true });
});

test.concurrent('a token that was revoked after a minute is replaced without a failed poll', async () => {
  await withService({ nextPollMs: 20_000 }, [], async ({ c1, service }) => {
    const polls = () => c1.exchanges.filter(({ call, ended }) => call === 'GetTask' && ended !== undefined);
    await c1.until(() => polls().length >= 5);
    c1.expireTokens();
    await c1.until(() => polls().length >= 7);
    expect(polls().map(({ outcome }) => outcome)).toEqual([
      ...Array<string>(5).fill('answered'),
      'refused',
      'answered',
    ]);
    expect(c1.exchanges.filter(({ call }) => call === 'token')).toHaveLength(2);
    expect(service.log).not.toContain('asked again');
  });
});
