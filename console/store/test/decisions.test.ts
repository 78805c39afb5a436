import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applySync,
  claimRun,
  confirmHeld,
  failRun,
  getConnector,
  holdSync,
  listAccounts,
  listAdministrators,
  listAudit,
  listSyncs,
  releaseRun,
  storeFailure,
} from '../src/index.ts';
import { MINUTE, type Tenant, TestConsole } from './test-console.ts';
import { base, without } from './two-super-admins.ts';

let console: TestConsole;
beforeAll(async () => {
  console = await new TestConsole().open();
});
afterAll(() => console[Symbol.asyncDispose]());

const code = (expected: string) => expect.objectContaining({ code: expected });
const REASONS = [{ code: 'BK-DROP-ROLE', text: 'Super Admin would fall from 2 holders to 0.' }];
const USER = { id: 'u', name: 'Ana' };

async function hold(id: string, tenant: Tenant): Promise<string> {
  const { lease, comparison } = await console.compare(id, tenant);
  await console.db.transaction((tx) => holdSync(tx, lease, comparison, REASONS));
  return comparison.syncId;
}

const administrators = async (appId: string): Promise<string[]> =>
  (await listAdministrators(console.db, appId, {})).items.map(({ account }) => account.name);
const dispositions = async (id: string): Promise<string[]> =>
  (await listSyncs(console.db, id, {})).items.map(({ outcome }) => outcome);
const staged = async (id: string): Promise<number> => {
  let rows = 0;
  for (const table of ['staged_resource', 'staged_entitlement', 'staged_grant']) {
    const [row] = await console.db.query<{ n: number }>(
      `select count(*) as n from ${table} t join sync s on s.id = t.sync_id where s.connector_id = $1`,
      [id],
    );
    rows += row?.n ?? NaN;
  }
  return rows;
};

test('a comparison says all that the guard is asked', async () => {
  const { id } = await console.connector();
  const first = await console.compare(id, base, { owner: 'ana' });
  expect(first.comparison).toMatchObject({ first: true, unchanged: false, accountsAdded: 3, grantsAdded: 3 });
  expect(first.comparison.guard).toMatchObject({
    first: true,
    accounts: 3,
    roles: 2,
    administrators: 2,
    emptied: [],
    owner: { present: true, rolesBefore: null, rolesAfter: 1 },
  });
  await applySync(console.db, first.lease, first.comparison, []);

  const next: Tenant = {
    users: { bo: { name: 'Bo' }, cy: { name: 'Cyrus', byFlag: true }, di: { name: 'Di' } },
    roles: { super: { name: 'Super Admin', tier: 'high' }, viewer: { name: 'Viewer', tier: 'none' } },
    grants: [
      ['viewer', 'bo'],
      ['viewer', 'di'],
    ],
  };
  const { lease, comparison } = await console.compare(id, next, { owner: 'bo' });
  expect(comparison).toMatchObject({
    first: false,
    unchanged: false,
    before: { accounts: 3, roles: 2, grants: 3 },
    after: { accounts: 3, roles: 2, grants: 2 },
    accountsAdded: 1,
    accountsRemoved: 1,
    grantsAdded: 2,
    grantsRemoved: 3,
    // Cy's name and the role's tier.
    changed: 2,
  });
  expect(comparison.guard).toEqual({
    first: false,
    types: [
      { kind: 'resource', name: 'roles', before: 2, after: 2, added: 0, removed: 0 },
      { kind: 'resource', name: 'users', before: 3, after: 3, added: 1, removed: 1 },
      { kind: 'entitlement', name: 'entitlements of roles', before: 2, after: 2, added: 0, removed: 0 },
      { kind: 'grant', name: 'grants of roles', before: 3, after: 2, added: 2, removed: 3 },
    ],
    accounts: 3,
    roles: 2,
    emptied: [{ name: 'Super Admin', tierBefore: 'critical', tierAfter: 'high', before: 2, after: 0 }],
    administrators: 0,
    owner: { present: true, excepted: false, rolesBefore: 1, rolesAfter: 1 },
    readOnce: false,
  });
  expect(comparison.administratorChanges.map(({ kind, account, role }) => [kind, account.name, role])).toEqual([
    ['lost', 'Ana', 'Super Admin'],
    ['lost', 'Bo', 'Super Admin'],
    ['gained', 'Bo', 'Viewer'],
    ['gained', 'Di', 'Viewer'],
    ['lost', 'Cyrus', 'Viewer'],
  ]);
  await console.db.transaction((tx) => failRun(tx, lease, storeFailure('BK-LEASE-LOST', {}).report));

  const gone = await console.compare(id, { ...base, users: { ana: { name: 'Ana' } }, grants: [] }, { owner: 'bo' });
  expect(gone.comparison.guard.owner).toEqual({
    present: false,
    excepted: false,
    rolesBefore: 1,
    rolesAfter: 0,
  });
  await console.db.transaction((tx) => failRun(tx, gone.lease, storeFailure('BK-LEASE-LOST', {}).report));
  const roleGone = await console.compare(id, { ...base, roles: { viewer: base.roles['viewer']! }, grants: [] });
  expect(roleGone.comparison.guard.emptied).toEqual([
    { name: 'Super Admin', tierBefore: 'critical', tierAfter: 'critical', before: 2, after: 0 },
    { name: 'Viewer', tierBefore: 'none', tierAfter: 'none', before: 1, after: 0 },
  ]);
  await console.db.transaction((tx) => failRun(tx, roleGone.lease, storeFailure('BK-LEASE-LOST', {}).report));
  expect(await staged(id)).toBe(0);
});

test('held: nothing is applied, newcomers are shown; confirmed, exactly that sync is', async () => {
  const { id, appId } = await console.connector();
  const first = await console.sync(id, base);
  const rows = await console.ledgerDigest();
  const tenant = without('super ana', 'super bo');
  const syncId = await hold(id, { ...tenant, grants: [...tenant.grants, ['super', 'cy'], ['viewer', 'bo']] });
  const { held, lastGood, run } = await getConnector(console.db, id);
  expect(held).toMatchObject({ syncId, reasons: REASONS, grantsRemoved: 2, grantsAdded: 2 });
  expect(held?.administrators[0]).toEqual({
    kind: 'gained',
    account: { name: 'Cy', email: null },
    role: 'Super Admin',
  });
  expect(run?.outcome).toBe('held');
  expect(lastGood?.syncId).toBe(first.syncId);
  expect(await console.ledgerDigest()).toEqual(rows);
  expect(await administrators(appId)).toEqual(['Ana', 'Bo', 'Cy']);

  for (const other of [first.syncId, console.newId()]) {
    await expect(confirmHeld(console.db, id, other, USER)).rejects.toEqual(code('BK-HELD-SUPERSEDED'));
  }
  const stranger = await console.connector();
  await expect(confirmHeld(console.db, stranger.id, syncId, USER)).rejects.toEqual(code('BK-HELD-SUPERSEDED'));
  await confirmHeld(console.db, id, syncId, USER);
  expect(await administrators(appId)).toEqual(['Cy']);
  const after = await getConnector(console.db, id);
  expect(after).toMatchObject({ held: null, lastGood: { syncId }, run: { outcome: 'confirmed' } });
  expect((await listAudit(console.db, id, {})).items).toMatchObject([
    { actor: 'Ana', action: 'Changes confirmed', detail: `Sync ${syncId} was applied.` },
  ]);
  expect((await listAccounts(console.db, appId, {})).proof).toMatchObject({ syncId, confirmedBy: 'Ana' });
  await expect(confirmHeld(console.db, id, syncId, USER)).rejects.toEqual(code('BK-HELD-SUPERSEDED'));
  expect(await staged(id)).toBe(0);
});

test('two clicks on Confirm at once apply it once, and whole', async () => {
  const { id, appId } = await console.connector();
  await console.sync(id, base);
  const syncId = await hold(id, without('super ana', 'super bo'));
  const clicks = await Promise.allSettled([1, 2].map(() => confirmHeld(console.db, id, syncId, USER)));
  expect(clicks).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'BK-INGEST-BUSY' } }]);
  expect(await administrators(appId)).toEqual(['Cy']);
  expect(await dispositions(id)).toEqual(['confirmed', 'applied']);
});

test('a held sync is superseded by the next that drops, and disproved by the next that passes', async () => {
  const { id, appId } = await console.connector();
  await console.sync(id, base);
  const one = await hold(id, without('super ana', 'super bo'));
  expect(await staged(id)).toBeGreaterThan(0);
  const two = await hold(id, without('super ana', 'super bo', 'viewer cy'));
  expect((await getConnector(console.db, id)).held?.syncId).toBe(two);
  await expect(confirmHeld(console.db, id, one, USER)).rejects.toEqual(code('BK-HELD-SUPERSEDED'));
  expect(await dispositions(id)).toEqual(['held', 'superseded', 'applied']);

  expect((await console.sync(id, base)).unchanged).toBe(true);
  expect(await dispositions(id)).toEqual(['unchanged', 'disproved', 'superseded', 'applied']);
  await expect(confirmHeld(console.db, id, two, USER)).rejects.toEqual(code('BK-HELD-SUPERSEDED'));
  expect((await getConnector(console.db, id)).held).toBeNull();
  expect(await administrators(appId)).toEqual(['Ana', 'Bo', 'Cy']);
  expect(await staged(id)).toBe(0);

  // A sync that failed decides nothing.
  const three = await hold(id, without('super ana', 'super bo'));
  const { lease } = await console.compare(id, base);
  await console.db.transaction((tx) => failRun(tx, lease, storeFailure('BK-LEASE-LOST', {}).report));
  expect((await getConnector(console.db, id)).held?.syncId).toBe(three);
});

test('one sync at a time: a run waits while a held sync is confirmed, and takes nothing away from it', async () => {
  const { id, appId } = await console.connector();
  await console.sync(id, base);
  const syncId = await hold(id, without('super ana', 'super bo'));
  await console.fetch(id);
  await console.db.query('update connector set ingesting = $2 where id = $1', [id, syncId]);
  expect(await claimRun(console.db, 'worker', MINUTE)).toBeUndefined();
  await console.db.query('update connector set ingesting = null where id = $1', [id]);

  const lease = await console.claim();
  await expect(confirmHeld(console.db, id, syncId, USER)).rejects.toEqual(code('BK-INGEST-BUSY'));
  await console.db.transaction((tx) => releaseRun(tx, lease));
  await confirmHeld(console.db, id, syncId, USER);
  expect(await administrators(appId)).toEqual(['Cy']);
  await console.db.query('update connector set ingesting = $2 where id = $1', [id, 'another']);
  await console.db.query('update sync_run set lease_token = $2 where id = $1', [lease.runId, lease.token]);
  await console.db.transaction((tx) => failRun(tx, lease, storeFailure('BK-LEASE-LOST', {}).report));
  expect(await console.db.query('select ingesting from connector where id = $1', [id])).toEqual([
    { ingesting: 'another' },
  ]);
});

test('a confirmation that cannot be recorded is none', async () => {
  const { id, appId } = await console.connector();
  await console.sync(id, base);
  const syncId = await hold(id, without('super ana', 'super bo'));
  // Nobody without a name can be in the trail.
  const nobody = { id: 'u', name: null as unknown as string };
  await expect(confirmHeld(console.db, id, syncId, nobody)).rejects.toThrow('actor');
  expect(await administrators(appId)).toEqual(['Ana', 'Bo', 'Cy']);
  expect((await getConnector(console.db, id)).held?.syncId).toBe(syncId);
  await confirmHeld(console.db, id, syncId, USER);
  expect(await administrators(appId)).toEqual(['Cy']);
});

test('administrators who are new in a held sync are shown at once, by role, by tier and by flag', async () => {
  const { id, appId } = await console.connector();
  await console.sync(id, base);
  const newcomers = async () => (await listAdministrators(console.db, appId, {})).newcomers;
  expect(await newcomers()).toEqual([]);
  await hold(id, {
    users: {
      ...base.users,
      di: { name: 'Di', email: 'di@acme.example' },
      ed: { name: 'Ed', byFlag: true },
      fay: { name: 'Fay' },
    },
    roles: { super: base.roles['super']!, viewer: { name: 'Viewer', tier: 'high' } },
    grants: [
      ['super', 'di'],
      ['viewer', 'di'],
      ['super', 'bo'],
      ['viewer', 'fay'],
      ['viewer', 'cy'],
    ],
  });
  // Bo and Cy administer already.
  const expected = [
    { account: { name: 'Di', email: 'di@acme.example' }, roles: ['Super Admin', 'Viewer'] },
    { account: { name: 'Ed', email: null }, roles: [] },
    { account: { name: 'Fay', email: null }, roles: ['Viewer'] },
  ];
  expect(await newcomers()).toEqual(expected);
  expect((await getConnector(console.db, id)).held?.newcomers).toEqual(expected);
  expect((await listAdministrators(console.db, appId, { asOf: console.db.now() })).newcomers).toEqual([]);
  await console.sync(id, base);
  expect(await newcomers()).toEqual([]);
});
