import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connector } from '@batonkit/console-contract';
import { pairsOf } from '../support/client.ts';
import { startConsole, type Console } from '../support/console.ts';
import { LEDGER, readLedger } from '../support/ledger.ts';
import { isWhole } from '../support/sample.ts';
import { startSimulator, type Person, type Simulator } from '../support/simulator.ts';

const ofApp = ({ app }: Connector) => ({ params: { appId: app.id } });

/** What the two sides say of every account, in one form. */
async function accountsOf(console: Console, connector: Connector): Promise<string[]> {
  const accounts = await console.all('listAccounts', ofApp(connector));
  return accounts.map(({ externalId, email, status, type }) => line(externalId, email, status.name, type)).sort();
}
async function trueAccounts(simulator: Simulator): Promise<string[]> {
  const accounts = await simulator.get<{ id: string; email: string; active: boolean; type: string }[]>('/accounts');
  return accounts
    .map(({ id, email, active, type }) =>
      line(id, email, active ? 'enabled' : 'disabled', type === 'user' ? 'human' : 'service'),
    )
    .sort();
}
const line = (...parts: (string | null)[]): string => parts.join(' | ');

const forms = ['embedded', 'per-user'];
const seeds = isWhole ? [1, 2, 3] : [1];
const tenants = new Map<string, Simulator>();
/** The one whose people change. */
let simulator: Simulator;
let console: Console;

beforeAll(async () => {
  await using undo = new AsyncDisposableStack();
  for (const form of forms) {
    const started = seeds.map((seed) =>
      startSimulator(`--users 70 --seed ${seed} --assignments ${form} --custom-roles 40 --max-limit 15`),
    );
    for (const [at, tenant] of (await Promise.all(started)).entries()) {
      tenants.set(`${form} ${seeds[at]}`, undo.use(tenant));
    }
  }
  simulator = undo.use(await startSimulator('--users 60 --max-limit 20'));
  console = await startConsole([simulator, ...tenants.values()].map(({ origin }) => origin));
  undo.move();
});
afterAll(async () => {
  await console[Symbol.asyncDispose]();
  await Promise.all([simulator, ...tenants.values()].map((tenant) => tenant[Symbol.asyncDispose]()));
});

describe.each(forms)('a tenant whose roles are %s', (form) => {
  test.each(seeds)('is on the page as it is, after all states in their order (seed %i)', async (seed) => {
    const tenant = tenants.get(`${form} ${seed}`) as Simulator;
    const saved = await console.connect(tenant);
    expect(saved.state).toMatchObject({ name: 'syncing', label: 'Syncing' });
    const done = await console.settled(saved.id);
    expect(done.state).toMatchObject({ name: 'connected', label: 'Connected' });
    expect(done.passed.map(({ label }) => label)).toEqual(['Syncing', 'Processing', 'Connected']);
    const times = done.passed.map(({ at }) => at);
    expect(times).toEqual(times.toSorted());

    expect(await accountsOf(console, done)).toEqual(await trueAccounts(tenant));
    const pairs = await tenant.pairs();
    expect(await pairsOf(console, done.app.id)).toEqual(pairs);
    expect(await console.all('listRoles', ofApp(done))).toHaveLength(47);
    expect(done.lastGood?.counts).toEqual({ accounts: 70, roles: 47, grants: pairs.length });

    // Each list came in three pages at least, at both passes.
    const [sync] = await console.all('listSyncs', { params: { connectorId: done.id } });
    const params = { connectorId: done.id, runId: sync?.id ?? '' };
    const requests = await console.all('listRequests', { params });
    expect(new Set(requests.map(({ method }) => method))).toEqual(new Set(['GET']));
    for (const path of ['/users', '/roles']) {
      const pages = requests.filter((request) => request.path === path && (request.rows ?? 0) > 0);
      expect(pages.length, path).toBeGreaterThanOrEqual(2 * 3);
    }
  });
});

describe('what changes in a tenant', () => {
  const connected = async (): Promise<Connector> => {
    const connector = await console.settled((await console.connect(simulator)).id);
    expect(connector.state.name).toBe('connected');
    return connector;
  };
  /** Somebody who holds nothing but the role that everybody has. */
  const plain = async (): Promise<Person> => {
    const found = (await simulator.people()).find(({ roles, active }) => active && roles.length === 1);
    if (found?.roles[0]?.slug !== 'user') throw new Error('everybody holds a role');
    return found;
  };
  const administrators = async (connector: Connector, asOf?: string): Promise<string[]> => {
    const query = asOf === undefined ? {} : { asOf };
    const items = await console.all('listAdministrators', { ...ofApp(connector), query });
    return items.map(({ account }) => account.email ?? account.name);
  };
  const change = async (what: 'promote' | 'demote', { id }: Person, role: string): Promise<void> => {
    const { changed } = await simulator.post<{ changed: boolean }>(`/${what}`, { userId: id, role });
    expect(changed).toBe(true);
  };
  const timelineOf = async (connector: Connector, { email }: Person) => {
    const entries = await console.all('listTimeline', ofApp(connector));
    return entries
      .filter((entry) => entry.account?.email === email)
      .map(({ kind, role, first, bound }) => ({ kind, role: role.name, first, syncId: bound.syncId }));
  };

  test('who is promoted is an administrator after the next sync; who is demoted beside others is none', async () => {
    const connector = await connected();
    const person = await plain();
    expect(await administrators(connector)).not.toContain(person.email);

    await change('promote', person, 'super_admin');
    const promoted = await console.sync(connector.id);
    expect(promoted.state.name).toBe('connected');
    expect(await administrators(connector)).toContain(person.email);
    const gained = { kind: 'gained', role: 'Super Admin', first: false, syncId: promoted.lastGood?.syncId };
    expect(await timelineOf(connector, person)).toEqual([gained]);

    await change('demote', person, 'super_admin');
    const demoted = await console.sync(connector.id);
    expect(demoted.state.name).toBe('connected');
    expect(await administrators(connector)).not.toContain(person.email);
    const lost = { kind: 'lost', role: 'Super Admin', first: false, syncId: demoted.lastGood?.syncId };
    expect(await timelineOf(connector, person)).toEqual([lost, gained]);
    expect(await pairsOf(console, connector.app.id)).toEqual(await simulator.pairs());
  });

  test('the last holder of a role of administrators gone: held, nothing applied, and applied when confirmed', async () => {
    const connector = await connected();
    const people = await simulator.people();
    const holders = people.filter(({ roles }) => roles.some(({ slug }) => slug === 'it_admin'));
    // Down to one holder first: as long as somebody is left, nothing is held.
    const [last, ...others] = holders;
    if (last === undefined) throw new Error('nobody holds the role');
    for (const other of others) await change('demote', other, 'it_admin');
    const before = others.length === 0 ? connector : await console.sync(connector.id);
    expect(before.state.name).toBe('connected');
    const pairs = await pairsOf(console, connector.app.id);
    const shown = await administrators(connector);
    const timeline = await console.all('listTimeline', ofApp(connector));

    await change('demote', last, 'it_admin');
    const held = await console.sync(connector.id);
    expect(held.state).toMatchObject({ name: 'paused', label: 'Paused' });
    expect(held.state.reason).toContain('IT Admin');
    expect(held.passed.map(({ name }) => name)).toEqual(['syncing', 'processing', 'paused']);
    expect(held.held?.administrators).toEqual([
      expect.objectContaining({
        kind: 'lost',
        role: 'IT Admin',
        account: expect.objectContaining({ email: last.email }),
      }),
    ]);
    expect(held.lastGood).toEqual(before.lastGood);
    expect(await pairsOf(console, connector.app.id)).toEqual(pairs);
    expect(await administrators(connector)).toEqual(shown);
    expect(await console.all('listTimeline', ofApp(connector))).toEqual(timeline);

    const confirmed = await console.call('confirmChanges', {
      params: { connectorId: connector.id },
      body: { syncId: held.held?.syncId },
    });
    expect(confirmed).toMatchObject({ state: { name: 'connected' }, held: null });
    expect(confirmed.passed.map(({ name }) => name)).toEqual(['syncing', 'processing', 'paused', 'connected']);
    expect(await pairsOf(console, connector.app.id)).toEqual(await simulator.pairs());
    expect((await timelineOf(connector, last))[0]).toEqual({
      kind: 'lost',
      role: 'IT Admin',
      first: false,
      syncId: held.held?.syncId,
    });
  });

  test('a role that is taken and given back shows two intervals, and none as of between', async () => {
    const connector = await connected();
    const person = await plain();
    await change('promote', person, 'super_admin');
    const given = await console.sync(connector.id);
    await change('demote', person, 'super_admin');
    const taken = await console.sync(connector.id);
    await change('promote', person, 'super_admin');
    const back = await console.sync(connector.id);
    const applied = [given, taken, back].map(({ lastGood }) => lastGood?.at ?? '');

    const [account] = await console.all('listAccounts', { ...ofApp(connector), query: { query: person.email } });
    const detail = await console.call('getAccount', {
      params: { appId: connector.app.id, accountId: account?.id ?? '' },
    });
    const intervals = detail.grants
      .filter(({ role }) => role.name === 'Super Admin')
      .map(({ interval }) => [interval.from.syncId, interval.to?.syncId ?? null]);
    // What is held stands first.
    expect(intervals).toEqual([
      [back.lastGood?.syncId, null],
      [given.lastGood?.syncId, taken.lastGood?.syncId],
    ]);

    const role = (await simulator.get<{ id: string; slug: string }[]>('/roles')).find(
      ({ slug }) => slug === 'super_admin',
    );
    const pair = `${person.id} ${role?.id}`;
    for (const [at, isHeld] of [true, false, true].entries()) {
      expect((await administrators(connector, applied[at])).includes(person.email), `${at}`).toBe(isHeld);
      expect((await pairsOf(console, connector.app.id, applied[at])).includes(pair), `${at}`).toBe(isHeld);
      const then = await console.call('getAccount', {
        params: { appId: connector.app.id, accountId: account?.id ?? '' },
        query: { asOf: applied[at] ?? '' },
      });
      expect(
        then.roles.some(({ name }) => name === 'Super Admin'),
        `${at}`,
      ).toBe(isHeld);
    }
    // Before the first sync nothing is known, which is not the same as nobody.
    const early = await console.call('listAdministrators', { ...ofApp(connector), query: { asOf: '2020-01-01' } });
    expect(early).toMatchObject({ items: [], proof: null, total: null });
  });
});

test('an unchanged sync writes no ledger row', async () => {
  const connector = await console.settled((await console.connect(simulator)).id);
  const pairs = await pairsOf(console, connector.app.id);
  const timeline = await console.all('listTimeline', ofApp(connector));
  await console.stop();
  const before = await readLedger(console.dataDir);

  console = await console.again();
  const again = await console.sync(connector.id);
  expect(again.state.name).toBe('connected');
  expect(again.lastGood?.syncId).not.toBe(connector.lastGood?.syncId);
  const [sync] = await console.all('listSyncs', { params: { connectorId: connector.id } });
  expect(sync).toMatchObject({ outcome: 'unchanged', grantsAdded: 0, grantsRemoved: 0 });
  expect(await pairsOf(console, connector.app.id)).toEqual(pairs);
  expect(await console.all('listTimeline', ofApp(connector))).toEqual(timeline);
  await console.stop();
  const after = await readLedger(console.dataDir);
  for (const table of LEDGER) expect([table, after[table]]).toEqual([table, before[table]]);
  expect(before['grant_interval']?.rows).toBeGreaterThanOrEqual(pairs.length);
});
