import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { API_PREFIX, type Connector } from '@batonkit/console-contract';
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

test('a run whose lease cannot be renewed is given up and taken up again at once', async () => {
  const connector = await console.connector('renewal', tenant({ end: 'hold' }));
  await expect.poll(() => noLeftovers().length).toBe(1);
  await console.db.query(
    `create function broken() returns trigger as $$ begin raise exception 'no'; end $$ language plpgsql;
     create trigger broken before update of lease_until on sync_run for each row
       when (old.attempt = 1 and old.lease_token = new.lease_token) execute function broken()`,
  );
  // Its lease would last for two minutes more.
  await expect.poll(() => console.logs.join(''), { timeout: 5_000 }).toContain('could not renew its lease');
  console.letGo('renewal');
  expect((await console.settled(connector.id)).state.name).toBe('connected');
  expect((await console.call('listSyncs', of(connector))).items).toMatchObject([{ outcome: 'applied', attempts: 2 }]);
});

test('an end that cannot be recorded is tried again until it is, or the run goes on elsewhere', async () => {
  const connector = await console.connector('unrecorded', tenant({ end: 'hold' }));
  await expect.poll(() => noLeftovers().length).toBe(1);
  await console.db.query(
    `create function broken() returns trigger as $$ begin raise exception 'no'; end $$ language plpgsql;
     create trigger broken before update of lease_token on sync_run for each row
       when (old.attempt = 1) execute function broken()`,
  );
  console.letGo('unrecorded');
  await expect.poll(() => console.logs.join(''), { timeout: 5_000 }).toContain('an attempt died');
  await console.db.query('drop trigger broken on sync_run');
  expect((await console.settled(connector.id)).state.name).toBe('connected');
});

test('of a connector only the logs of the newest runs are kept', async () => {
  const logs = join(console.dataDir, 'logs');
  for (let n = 0; n < 25; n += 1) writeFileSync(join(logs, `${'x'.repeat(25)}${n}.log`), '');
  const done = await console.settled((await console.connector('logs', tenant())).id);
  const [sync] = (await console.call('listSyncs', of(done))).items;
  await expect.poll(() => readdirSync(logs)).toEqual([`${sync?.id}.log`]);
});

test('two consoles on one host do not sign each other out', async () => {
  const other = await testConsole();
  try {
    const both = { headers: { cookie: `${console.cookie}; ${other.cookie}` } };
    for (const each of [console, other]) expect((await each.fetch(`${API_PREFIX}/session`, both)).status).toBe(200);
    expect(console.cookie).toMatch(new RegExp(`^batonkit_session_${new URL(console.url).port}=`));
  } finally {
    await other[Symbol.asyncDispose]();
  }
});

test('two consoles do not share a data directory', async () => {
  await expect(testConsole({ dataDir: console.dataDir })).rejects.toMatchObject({
    report: { code: 'BK-LOCK', status: 9 },
  });
});
