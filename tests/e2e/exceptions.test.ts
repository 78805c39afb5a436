import { afterAll, beforeAll, expect, test } from 'vitest';
import { pairsOf } from '../support/client.ts';
import { startConsole, type Console } from '../support/console.ts';
import { startSimulator, type Simulator } from '../support/simulator.ts';

let tenant: Simulator;
let console: Console;
beforeAll(async () => {
  tenant = await startSimulator('--users 45 --max-limit 15 --behaviour null-roles-none');
  console = await startConsole([tenant.origin]);
});
afterAll(async () => {
  await console[Symbol.asyncDispose]();
  await tenant[Symbol.asyncDispose]();
});

test('what the connector refuses is taken for a reason by a named person, and the signed certificate says so', async () => {
  const refused = await console.settled((await console.connect(tenant)).id);
  expect(refused.state.name).toBe('error');
  expect(refused.lastGood).toBeNull();

  const of = { params: { connectorId: refused.id } };
  const accept = { accept: ['null-roles=none'] };
  expect(await console.fails('saveSettings', { ...of, body: { values: accept } })).toMatchObject({
    code: 'BK-ACCEPT-REASON',
    field: 'reason',
  });
  const before = new Date().toISOString();
  await console.call('saveSettings', { ...of, body: { values: { ...accept, reason: 'Guests have none.' } } });
  const done = await console.settled(refused.id);
  expect(done.state.name).toBe('connected');
  expect(await pairsOf(console, done.app.id)).toEqual(await tenant.pairs());

  const [exception] = done.lastGood?.exceptions ?? [];
  expect(done.lastGood?.verdict).toBe('complete with exceptions');
  expect(exception).toMatchObject({ name: 'null-roles=none', reason: 'Guests have none.', by: 'Local administrator' });
  expect((exception?.at ?? '') >= before).toBe(true);
  const { proof } = await console.call('listAdministrators', { params: { appId: done.app.id } });
  expect(proof).toMatchObject({ exceptions: [exception], signed: true });

  // The next sync names the same person and the same time, not its own.
  const again = await console.sync(refused.id);
  expect(again.lastGood?.exceptions).toEqual([exception]);
  expect(again.lastGood?.syncId).not.toBe(done.lastGood?.syncId);
  const [sync] = await console.all('listSyncs', of);
  expect(sync?.requests).toBeGreaterThan(0);
  expect(sync?.plan).toBeTruthy();
});
