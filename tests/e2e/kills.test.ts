import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Connector } from '@batonkit/console-contract';
import { pairsOf } from '../support/client.ts';
import { startConsole, type Console } from '../support/console.ts';
import { readLedger } from '../support/ledger.ts';
import { processes, type ProcessEntry } from '../support/program.ts';
import { startSimulator, type Simulator } from '../support/simulator.ts';

let small: Simulator;
let large: Simulator;
let console: Console;

beforeAll(async () => {
  [small, large] = await Promise.all([
    startSimulator('--users 60 --max-limit 20'),
    startSimulator('--users 8000 --seed 7'),
  ]);
  console = await startConsole([small.origin, large.origin]);
});
afterAll(async () => {
  await console[Symbol.asyncDispose]();
  await small[Symbol.asyncDispose]();
  await large[Symbol.asyncDispose]();
});

const of = ({ id }: Connector) => ({ params: { connectorId: id } });
const readConnector = (connector: Connector): Promise<Connector> => console.call('getConnector', of(connector));

/** Whoever was started for this console's data, but for the console itself. */
const children = (): ProcessEntry[] =>
  processes().filter(({ pid, command }) => pid !== console.program.pid && command.includes(console.dataDir));
const nobodyLeft = (): Promise<void> => vi.waitFor(() => expect(children()).toEqual([]), { timeout: 15_000 });
const requestsOf = async (tenant: Simulator): Promise<number> =>
  (await tenant.get<{ requests: { total: number } }>('/state')).requests.total;
/** The second page of users that is asked for from now on will wait. */
const hold = (): Promise<unknown> => small.post('/hold', { n: 2, path: '/users' });

/** What a run must not leave behind, however it ended. */
function expectTidy(): void {
  expect(readdirSync(join(console.dataDir, 'runs'))).toEqual([]);
  expect(readdirSync(console.dataDir).filter((name) => name.startsWith('c1z'))).toEqual([]);
}

describe('killed while Syncing', () => {
  let connector: Connector;
  let goodPairs: string[];
  beforeAll(async () => {
    connector = await console.settled((await console.connect(small)).id);
    goodPairs = await pairsOf(console, connector.app.id);
  });

  /** Starts a sync of a tenant that has changed, and waits until the child stands in the middle of it. */
  async function syncHeld(): Promise<ProcessEntry> {
    const person = (await small.people()).find(({ roles, active }) => active && roles.length === 1);
    await small.post('/promote', { userId: person?.id, role: 'security_admin' });
    await hold();
    await console.call('syncNow', of(connector));
    await small.held();
    return theChild();
  }
  function theChild(): ProcessEntry {
    const [child, ...others] = children();
    expect(others).toEqual([]);
    expect(child).toMatchObject({ parent: console.program.pid, command: expect.stringContaining('--hosted') });
    return child as ProcessEntry;
  }
  /** Good before and true now, with exactly one gain more in the timeline. */
  async function expectNewest(done: Connector, attempts: number): Promise<void> {
    expect(done.state.name).toBe('connected');
    const pairs = await pairsOf(console, connector.app.id);
    expect(pairs).toEqual(await small.pairs());
    expect(pairs).toHaveLength(goodPairs.length + 1);
    goodPairs = pairs;
    const [sync] = await console.all('listSyncs', of(connector));
    expect(sync).toMatchObject({ outcome: 'applied', attempts, grantsAdded: 1, grantsRemoved: 0 });
    const timeline = await console.all('listTimeline', { params: { appId: connector.app.id } });
    expect(timeline.filter(({ bound }) => bound.syncId === sync?.syncId)).toMatchObject([
      { kind: 'gained', role: { name: 'Security Admin' }, first: false },
    ]);
    await nobodyLeft();
    expectTidy();
  }

  test('the console: its child ends too, and after a restart the sync goes on to its end', async () => {
    const child = await syncHeld();
    const before = await readConnector(connector);
    await console.kill();
    await nobodyLeft();
    expect(processes().map(({ pid }) => pid)).not.toContain(child.pid);

    await hold();
    console = await console.again();
    await small.held();
    const meanwhile = await readConnector(connector);
    expect(meanwhile.state.name).toBe('syncing');
    expect(meanwhile.state.reason).toContain('Attempt 2');
    expect(meanwhile.lastGood).toEqual(before.lastGood);
    expect(await pairsOf(console, connector.app.id)).toEqual(goodPairs);
    await small.post('/release', { pending: true });
    await expectNewest(await console.settled(connector.id), 2);
  });

  test('the child: it is tried again at once', async () => {
    const child = await syncHeld();
    process.kill(child.pid, 'SIGKILL');
    await expectNewest(await console.settled(connector.id), 2);
  });

  test('the child, three times: an error with its reason, and the last good data stay', async () => {
    const good = await readConnector(connector);
    await syncHeld();
    for (const attempt of [1, 2, 3]) {
      if (attempt > 1) {
        await vi.waitFor(() => expect(children()).toHaveLength(1), { timeout: 15_000 });
        await small.held();
      }
      const { pid } = theChild();
      // The next one is to be held as well, at the same place.
      if (attempt < 3) await hold();
      process.kill(pid, 'SIGKILL');
      await vi.waitFor(() => expect(processes().map((entry) => entry.pid)).not.toContain(pid));
      await vi.waitFor(async () => {
        const { held } = await small.get<{ held: unknown[] }>('/held');
        expect(held).toEqual([]);
      });
    }
    const failed = await console.settled(connector.id);
    expect(failed.state).toMatchObject({ name: 'error', error: { code: 'BK-RUN-DIED' } });
    expect(failed.lastGood).toEqual(good.lastGood);
    expect(await pairsOf(console, connector.app.id)).toEqual(goodPairs);
    const [sync] = await console.all('listSyncs', of(connector));
    expect(sync).toMatchObject({ outcome: 'failed', attempts: 3, syncId: null });
    await nobodyLeft();
    expectTidy();
    await expectNewest(await console.sync(connector.id), 1);
  });
});

test('the console killed while Processing, twice: the file is taken in once, without reading the tenant again', async () => {
  const connector = await console.connect(large);
  const processing = (): Promise<void> =>
    vi.waitFor(
      async () => expect((await readConnector(connector)).state.name).toBe('processing'),
      // Of so many users it takes seconds.
      { timeout: 60_000, interval: 20 },
    );
  await processing();
  const requests = await requestsOf(large);
  await console.kill();
  await nobodyLeft();

  console = await console.again();
  const meanwhile = await readConnector(connector);
  expect(meanwhile).toMatchObject({ state: { name: 'processing' }, lastGood: null });
  const nothing = await console.call('listAccounts', { params: { appId: connector.app.id } });
  expect(nothing).toMatchObject({ items: [], proof: null, total: null });
  // Another moment than the first one.
  await pause(700);
  await console.kill();

  console = await console.again();
  const done = await console.settled(connector.id);
  expect(done.state.name).toBe('connected');
  expect(await requestsOf(large)).toBe(requests);
  const pairs = await large.pairs();
  expect(await pairsOf(console, connector.app.id)).toEqual(pairs);
  const accounts = await console.all('listAccounts', { params: { appId: connector.app.id } });
  expect(new Set(accounts.map(({ externalId }) => externalId)).size).toBe(8_000);
  expect(accounts).toHaveLength(8_000);
  expect(await console.all('listSyncs', of(connector))).toMatchObject([{ outcome: 'applied', attempts: 1 }]);
  await nobodyLeft();
  expectTidy();

  const others = (await small.pairs()).length;
  await console.stop();
  const ledger = await readLedger(console.dataDir);
  for (const kind of ['resource', 'entitlement', 'grant']) expect(ledger[`staged_${kind}`]?.rows, kind).toBe(0);
  expect(ledger['grant_interval']?.rows).toBe(pairs.length + others);
});

test('SIGUSR1 opens no debugger, which would show all secrets to every user of the machine', async () => {
  await using other = await startConsole([]);
  process.kill(other.program.pid, 'SIGUSR1');
  await other.call('listConnectors', {});
  expect(await other.stop()).toEqual({ code: 0, signal: null });
  expect(other.program.errors()).not.toContain('Debugger');
});
