import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addAudit,
  getAccount,
  getApp,
  listAccounts,
  listAdministrators,
  listApps,
  listAudit,
  listConnectors,
  listGrants,
  listRoles,
  listSyncs,
  listTimeline,
} from '../src/index.ts';
import type { Page, PagingQuery, StatePage } from '../src/index.ts';
import { MINUTE, type Tenant, TestConsole } from './test-console.ts';

let console: TestConsole;
let id: string;
let appId: string;
beforeAll(async () => {
  console = await new TestConsole().open();
  ({ id, appId } = await console.connector());
});
afterAll(() => console[Symbol.asyncDispose]());

const code = (expected: string) => expect.objectContaining({ code: expected });

const tenant: Tenant = {
  users: {
    'u-1': { name: 'Zoë', email: 'zoe@acme.example' },
    'u-2': { name: 'ana', email: 'ana@acme.example' },
    'u-3': { name: 'Ana', email: 'other_ana@acme.example' },
    'u-4': { name: '100% Bo', email: null, status: 'disabled' },
    'u-5': { name: 'Åsa', email: 'asa@acme.example' },
  },
  roles: {
    none: { name: 'Everybody', tier: 'none' },
    super: { name: 'Super Admin', tier: 'critical' },
    custom: { name: 'Custom', tier: 'unclassified' },
  },
  grants: [
    ['super', 'u-1'],
    ['none', 'u-1'],
    ['custom', 'u-4'],
    ['none', 'u-2'],
  ],
};
type List = (query: PagingQuery & { asOf?: string }) => Promise<Page<unknown>>;
const ofState: [string, List][] = [
  ['accounts', (query) => listAccounts(console.db, appId, query)],
  ['roles', (query) => listRoles(console.db, appId, query)],
  ['grants', (query) => listGrants(console.db, appId, query)],
  ['administrators', (query) => listAdministrators(console.db, appId, query)],
  ['timeline', (query) => listTimeline(console.db, appId, query)],
];
const others: [string, List][] = [
  ['apps', (query) => listApps(console.db, query)],
  ['connectors', (query) => listConnectors(console.db, query)],
  ['syncs', (query) => listSyncs(console.db, id, query)],
  ['audit', (query) => listAudit(console.db, id, query)],
];
const names = (page: Page<{ name: string }>): string[] => page.items.map(({ name }) => name);

test('before the first sync nothing is known, which is said and not shown as an empty list', async () => {
  for (const [name, list] of ofState.slice(0, 4)) {
    expect([name, await list({})]).toMatchObject([name, { items: [], next: null, proof: null, total: null }]);
  }
  expect(await getApp(console.db, appId, {})).toMatchObject({ counts: null, proof: null });
  await expect(getAccount(console.db, appId, console.newId(), {})).rejects.toEqual(code('BK-NOT-FOUND'));
});

test('accounts are found by a part of name, mail address or id, in any case and letter by letter', async () => {
  await console.sync(id, tenant);
  const find = async (query: string): Promise<[string[], number | null]> => {
    const page = await listAccounts(console.db, appId, { query });
    return [page.items.map(({ externalId }) => externalId), page.total];
  };
  expect(await find('ANA')).toEqual([['u-2', 'u-3'], 2]);
  expect(await find('  u-4 ')).toEqual([['u-4'], 1]);
  expect(await find('100%')).toEqual([['u-4'], 1]);
  expect(await find('%')).toEqual([['u-4'], 1]);
  expect(await find('a_a')).toEqual([[], 0]);
  expect(await find('r_a')).toEqual([['u-3'], 1]);
  expect(await find('\\')).toEqual([[], 0]);
  expect(await find(`'; drop table resource; --`)).toEqual([[], 0]);
  expect((await find(''))[1]).toBe(5);
  const grants = await listGrants(console.db, appId, { query: 'super' });
  expect(grants).toMatchObject({ total: 1, items: [{ account: { name: 'Zoë' }, role: { name: 'Super Admin' } }] });
  const admins = await listAdministrators(console.db, appId, { query: 'bo' });
  expect(admins).toMatchObject({
    total: 1,
    items: [{ account: { name: '100% Bo', status: { name: 'disabled' } }, tier: 'unclassified', byFlag: false }],
    // Of all, not of those found.
    tiers: { critical: 1, high: 0, unclassified: 1 },
    disabled: 1,
  });
});

test('grants of one role', async () => {
  const roles = (await listRoles(console.db, appId, {})).items;
  expect(roles.map(({ name, holders }) => [name, holders])).toEqual([
    ['Super Admin', 1],
    ['Custom', 1],
    ['Everybody', 2],
  ]);
  const roleId = roles[2]!.id;
  const first = await listGrants(console.db, appId, { roleId, limit: 1 });
  expect(first).toMatchObject({ total: 2, items: [{ account: { name: 'ana' } }] });
  const second = await listGrants(console.db, appId, { roleId, limit: 1, cursor: first.next ?? '' });
  expect(second).toMatchObject({ total: 2, items: [{ account: { name: 'Zoë' } }], next: null });
});

test.each([
  '2026-06-31',
  '2026-6-1',
  'yesterday',
  '',
  '2026-06-01T12:00:00',
  '2026-06-01T25:00:00Z',
  '20260601',
  '9999-12-31T23:59:59-14:00',
])('asOf %j is refused by every list', async (asOf) => {
  for (const [name, list] of ofState) await expect(list({ asOf }), name).rejects.toEqual(code('BK-AS-OF'));
  await expect(getApp(console.db, appId, { asOf })).rejects.toEqual(code('BK-AS-OF'));
});

test('a bare date means its end in UTC, an instant with an offset is that instant', async () => {
  const { id: connectorId, appId: app } = await console.connector();
  const day = (time: string): number => Date.parse(`2026-09-${time}`);
  const syncedAt = async (end: string, users: string[]): Promise<void> => {
    console.clock.advance(day(end) - MINUTE - console.clock.now());
    const people = Object.fromEntries(users.map((user) => [user, { name: user }]));
    const { windowEnd } = await console.sync(connectorId, { ...tenant, users: people, grants: [] });
    expect(Date.parse(windowEnd)).toBe(day(end));
  };
  await syncedAt('01T23:59:59.999Z', ['a']);
  await syncedAt('03T00:00:00.000Z', ['a', 'b']);
  const at = async (asOf: string): Promise<string[] | null> => {
    const page: StatePage<{ name: string }> = await listAccounts(console.db, app, { asOf });
    return page.proof === null ? null : names(page);
  };
  expect(await at('2026-08-31')).toBeNull();
  expect(await at('2026-09-01T23:59:59.998Z')).toBeNull();
  expect(await at('2026-09-01')).toEqual(['a']);
  // The sync that ended at midnight belongs to the next day.
  expect(await at('2026-09-02')).toEqual(['a']);
  expect(await at('2026-09-03')).toEqual(['a', 'b']);
  expect(await at('2026-09-03T02:00:00+02:00')).toEqual(['a', 'b']);
  expect(await at('2026-09-03T01:59:59.999+02:00')).toEqual(['a']);
  expect(await at('2026-09-03T00:00:00Z')).toEqual(['a', 'b']);
});

test('a page has 1 to 200 rows', async () => {
  for (const [name, list] of [...ofState, ...others]) {
    for (const limit of [0, -1, 201, 1.5, NaN]) {
      await expect(list({ limit }), name).rejects.toEqual(code('BK-LIMIT'));
    }
    expect((await list({ limit: 200 })).items.length, name).toBeGreaterThanOrEqual(0);
  }
});

test('a cursor is good for its own list and question only', async () => {
  for (const detail of ['one', 'two']) {
    await console.db.transaction((tx) =>
      addAudit(tx, { connectorId: id, actor: 'Ana', action: 'Settings saved', detail }),
    );
  }
  await console.sync(id, tenant);
  const lists = [...ofState, ...others];
  const cursors = new Map<string, string>();
  for (const [name, list] of lists) {
    const first = await list({ limit: 1 });
    expect(first.next, name).not.toBeNull();
    cursors.set(name, first.next ?? '');
    const second = await list({ limit: 1, cursor: first.next ?? '' });
    expect(second.items, name).toHaveLength(1);
    expect(second.items, name).not.toEqual(first.items);
  }
  for (const [name, list] of lists) {
    for (const [other, cursor] of cursors) {
      if (other !== name) await expect(list({ cursor }), `${other} for ${name}`).rejects.toEqual(code('BK-CURSOR'));
    }
    for (const cursor of ['', 'x', 'e30', Buffer.from('null').toString('base64url'), 'a'.repeat(5000)]) {
      await expect(list({ cursor }), name).rejects.toEqual(code('BK-CURSOR'));
    }
  }
  // After a row that is not there, an empty page would say that the list ends.
  for (const [name, list] of lists) {
    const told = JSON.parse(Buffer.from(cursors.get(name) ?? '', 'base64url').toString()) as { a: string[] };
    const nowhere = Buffer.from(JSON.stringify({ ...told, a: told.a.map(() => '0') })).toString('base64url');
    await expect(list({ cursor: nowhere }), name).rejects.toEqual(code('BK-CURSOR'));
  }
  const cursor = cursors.get('accounts');
  const { db } = console;
  const foreign = await console.connector();
  await console.sync(foreign.id, tenant);
  const asked = [
    listAccounts(db, appId, { cursor, query: 'a' }),
    listAccounts(db, appId, { cursor, asOf: '2027-01-01' }),
    listAccounts(db, foreign.appId, { cursor }),
    listGrants(db, appId, { cursor: cursors.get('grants'), roleId: console.newId() }),
    listTimeline(db, appId, { cursor: cursors.get('timeline'), accountId: console.newId() }),
    listSyncs(db, foreign.id, { cursor: cursors.get('syncs') }),
  ];
  for (const answer of await Promise.allSettled(asked)) {
    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'BK-CURSOR' } });
  }
  // Nothing of a person stands in an address.
  for (const text of cursors.values()) {
    expect(Buffer.from(text, 'base64url').toString()).not.toMatch(/ana|zoë|acme|Super/i);
  }
});

test('pages fit together while syncs change what they show', async () => {
  const { db } = console;
  const first = await listAccounts(db, appId, { limit: 2 });
  const { grants: _grants, users, roles } = tenant;
  await console.sync(id, {
    roles,
    users: { 'u-0': { name: '0 new' }, 'u-1': { name: '1 renamed' }, 'u-9': { name: 'zz' }, 'u-4': users['u-4']! },
    grants: [],
  });
  const rest = await listAccounts(db, appId, { cursor: first.next ?? '', limit: 200 });
  expect([...first.items, ...rest.items].map(({ externalId }) => externalId)).toEqual([
    'u-4',
    'u-2',
    'u-3',
    'u-1',
    'u-5',
  ]);
  expect(rest.proof).toEqual(first.proof);
  expect(rest.total).toBe(5);
  expect(names(await listAccounts(db, appId, {}))).toEqual(['0 new', '1 renamed', '100% Bo', 'zz']);
});

test('what is not there is not found, rather than empty', async () => {
  const nowhere = console.newId();
  for (const list of [listAccounts, listRoles, listGrants, listAdministrators, listTimeline, getApp]) {
    await expect(list(console.db, nowhere, {}), list.name).rejects.toEqual(code('BK-NOT-FOUND'));
  }
  const other = await console.connector();
  await console.sync(other.id, tenant);
  const [stranger] = (await listAccounts(console.db, other.appId, {})).items;
  await expect(getAccount(console.db, appId, stranger?.id ?? '', {})).rejects.toEqual(code('BK-NOT-FOUND'));

  // Of a role or an account that never was, an empty list would say that nobody holds it.
  const [role] = (await listRoles(console.db, other.appId, {})).items;
  for (const roleId of [nowhere, role?.id, stranger?.id]) {
    await expect(listGrants(console.db, appId, { roleId })).rejects.toEqual(code('BK-NOT-FOUND'));
  }
  for (const accountId of [nowhere, role?.id, stranger?.id]) {
    await expect(listTimeline(console.db, appId, { accountId })).rejects.toEqual(code('BK-NOT-FOUND'));
  }
  // One that came later was nobody's then.
  const asOf = '2026-01-01';
  expect((await listGrants(console.db, other.appId, { roleId: role?.id, asOf })).items).toEqual([]);
});
