import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Connector } from '@batonkit/console-contract';
import { KEY, tenant, testConsole, type TestConsole } from './console.ts';

let console: TestConsole;
beforeEach(async () => {
  console = await testConsole();
});
afterEach(() => console[Symbol.asyncDispose]());

const of = ({ id }: Connector) => ({ params: { connectorId: id } });
const noLeftovers = () => readdirSync(join(console.dataDir, 'runs'));

test('the secret is told to nobody', async () => {
  const connector = await console.connector('secret', tenant());
  const done = await console.settled(connector.id);
  const secret = done.settings.find(({ name }) => name === 'api-key');
  expect(secret).toMatchObject({ secret: { lastFour: KEY.slice(-4), setBy: 'Local administrator' } });
  expect(secret).not.toHaveProperty('value');
  await console.call('listAudit', of(done));
  const [sync] = (await console.call('listSyncs', of(done))).items;
  const log = readFileSync(join(console.dataDir, 'logs', `${sync?.id}.log`), 'utf8');
  expect(log).toContain('a log line that leaks');
  for (const text of [...console.answers, ...console.logs, log]) expect(text).not.toContain(KEY);
  await console.stop();
  const secretBytes = Buffer.from(KEY);
  for (const file of readdirSync(console.dataDir, { recursive: true, encoding: 'utf8' })) {
    const path = join(console.dataDir, file);
    if (statSync(path).isFile()) expect([file, readFileSync(path).includes(secretBytes)]).toEqual([file, false]);
  }
});

test('a console that is stopped in the middle of a run goes on with it when it starts again', async () => {
  const connector = await console.connector('restart', tenant({ end: 'hold' }));
  await expect.poll(() => noLeftovers().length).toBe(1);
  await console.stop();
  writeFileSync(join(console.dataDir, 'runs', 'left-behind'), '');
  console = await testConsole({ dataDir: console.dataDir });
  expect((await console.call('getConnector', of(connector))).state.name).toBe('syncing');
  console.letGo('restart');
  const done = await console.settled(connector.id);
  expect(done.state.name).toBe('connected');
  expect((await console.call('listSyncs', of(done))).items).toMatchObject([{ outcome: 'applied', attempts: 2 }]);
  expect(noLeftovers()).toEqual([]);
});

test('two consoles do not share a data directory', async () => {
  await expect(testConsole({ dataDir: console.dataDir })).rejects.toMatchObject({
    report: { code: 'BK-LOCK', status: 9 },
  });
});
