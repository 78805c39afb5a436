import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applySync,
  compareSync,
  failRun,
  getAccount,
  holdSync,
  listAccounts,
  listAdministrators,
  listTimeline,
  stageSync,
  storeFailure,
} from '../src/index.ts';
import type { StagedBatch } from '../src/index.ts';
import { batchesOf, MINUTE, type Tenant, TestConsole } from './test-console.ts';
import { base, without } from './two-super-admins.ts';

let console: TestConsole;
beforeAll(async () => {
  console = await new TestConsole().open();
});
afterAll(() => console[Symbol.asyncDispose]());

const code = (expected: string) => expect.objectContaining({ code: expected });
const REASONS = [{ code: 'BK-DROP-ROLE', text: 'Super Admin would fall from 2 holders to 0.' }];

async function hold(id: string, tenant: Tenant): Promise<string> {
  const { lease, comparison } = await console.compare(id, tenant);
  await console.db.transaction((tx) => holdSync(tx, lease, comparison, REASONS));
  return comparison.syncId;
}

const administrators = async (appId: string): Promise<string[]> =>
  (await listAdministrators(console.db, appId, {})).items.map(({ account }) => account.name);
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

test('a last login is no change: it opens no interval, and only the newest is kept', async () => {
  const { id, appId } = await console.connector();
  const seen = (at: string, name = 'Ana'): Tenant => ({
    ...base,
    users: { ...base.users, ana: { name, lastLoginAt: at, profile: [{ key: 'last_seen', value: at }] } },
  });
  const [one, two, three] = ['2026-05-01', '2026-05-02', '2026-05-03'].map((day) => `${day}T00:00:00.000Z`);
  const first = await console.sync(id, seen(one!));
  const rows = await console.ledgerDigest();
  const second = await console.sync(id, seen(two!));
  expect(second).toMatchObject({ unchanged: true, changed: 0 });
  expect(await console.ledgerDigest()).toEqual(rows);
  await console.sync(id, seen(two!));

  const accountId = (await listAccounts(console.db, appId, { query: 'ana' })).items[0]?.id ?? '';
  const at = (asOf?: string) => getAccount(console.db, appId, accountId, asOf === undefined ? {} : { asOf });
  const known = (instant: string) => ({
    newestKnown: true,
    lastLoginAt: instant,
    profile: [{ key: 'last_seen', value: instant }],
  });
  expect(await at()).toMatchObject(known(two!));
  expect(await at(second.windowEnd)).toMatchObject(known(two!));
  expect(await at(first.windowEnd)).toMatchObject({ newestKnown: false, lastLoginAt: null, profile: [] });

  // What is held shows nothing of itself.
  await hold(id, seen(three!, 'Anna'));
  expect(await at()).toMatchObject({ name: 'Ana', ...known(two!) });
  await console.sync(id, seen(three!, 'Anna'));
  expect(await at()).toMatchObject({ name: 'Anna', ...known(three!) });
});

test('an unchanged sync writes no row of the ledger; a role taken and given back is two intervals', async () => {
  const { id, appId } = await console.connector();
  const first = await console.sync(id, base);
  const rows = await console.ledgerDigest();
  const again = await console.sync(id, base);
  expect(again.unchanged).toBe(true);
  expect(await console.ledgerDigest()).toEqual(rows);
  const taken = await console.sync(id, without('super bo'));
  const given = await console.sync(id, base);

  const bo = (await listAccounts(console.db, appId, { query: 'bo' })).items[0];
  const { grants } = await getAccount(console.db, appId, bo?.id ?? '', {});
  expect(grants.map(({ interval }) => interval)).toEqual([
    { from: { after: taken.windowStart, before: given.windowEnd, syncId: given.syncId }, to: null },
    {
      from: { after: null, before: first.windowEnd, syncId: first.syncId },
      // Not the first sync: the one between saw the role still there.
      to: { after: again.windowStart, before: taken.windowEnd, syncId: taken.syncId },
    },
  ]);
  const between = { asOf: taken.windowEnd };
  expect((await listAdministrators(console.db, appId, between)).items.map(({ account }) => account.name)).toEqual([
    'Ana',
    'Cy',
  ]);
  expect((await getAccount(console.db, appId, bo?.id ?? '', between)).roles).toEqual([]);
  const events = (await listTimeline(console.db, appId, { accountId: bo?.id })).items;
  expect(events.map(({ kind }) => kind)).toEqual(['gained', 'lost', 'gained']);
});

test('whatever a sync changed, the same once more changes nothing', async () => {
  const { id } = await console.connector();
  const { ana, ...others } = base.users;
  const history: [what: string, tenant: Tenant][] = [
    ['the first', base],
    ['a role gone', { ...base, roles: { super: base.roles['super']! }, grants: base.grants.slice(0, 2) }],
    ['a role back under another name', { ...base, roles: { ...base.roles, viewer: { name: 'Reader', tier: 'high' } } }],
    ['a user gone', { ...base, users: others, grants: base.grants.slice(1) }],
    ['a user back, changed', { ...base, users: { ...others, ana: { ...ana, name: 'Ana', status: 'disabled' } } }],
    ['no grants', { ...base, grants: [] }],
    ['all as it was', base],
  ];
  for (const [what, tenant] of history) {
    expect((await console.sync(id, tenant)).unchanged, what).toBe(false);
    const rows = await console.ledgerDigest();
    expect((await console.sync(id, tenant)).unchanged, what).toBe(true);
    expect(await console.ledgerDigest(), what).toEqual(rows);
  }
});

test('what an ingest left behind that died changes nothing for the next attempt', async () => {
  const { id, appId } = await console.connector();
  await console.sync(id, base);
  const { lease: dead, comparison } = await console.compare(id, without('super bo'));
  // All of it was prepared, but its worker died before the switch.
  await expect(
    applySync(console.db, dead, { ...comparison, after: { ...comparison.after, grants: 7 } }, []),
  ).rejects.toEqual(code('BK-INGEST-COUNT'));
  expect(await administrators(appId)).toEqual(['Ana', 'Bo', 'Cy']);
  console.clock.advance(MINUTE);
  const lease = await console.claim();
  expect(lease).toMatchObject({ part: 'ingest', attempt: 2 });
  await expect(compareSync(console.db, dead)).rejects.toEqual(code('BK-LEASE-LOST'));
  await expect(stageSync(console.db, dead, batchesOf(base))).rejects.toEqual(code('BK-LEASE-LOST'));
  await expect(applySync(console.db, dead, comparison, [])).rejects.toEqual(code('BK-LEASE-LOST'));
  await stageSync(console.db, lease, batchesOf(without('super bo')));
  expect(await compareSync(console.db, lease)).toEqual(comparison);
  expect(await applySync(console.db, lease, comparison, [])).toBe('applied');
  expect(await administrators(appId)).toEqual(['Ana', 'Cy']);
});

test('a file that contradicts itself, or lacks what it names, is refused whole', async () => {
  const { id, appId } = await console.connector();
  await console.sync(id, base);
  const rows = await console.ledgerDigest();
  const tables: [Iterable<StagedBatch>, string][] = [
    [[...batchesOf(base), ...batchesOf({ ...base, roles: {}, grants: [] })], 'BK-INGEST-TWICE'],
    [batchesOf({ ...base, grants: [...base.grants, ['viewer', 'nobody']] }), 'BK-INGEST-REFERENCES'],
    [batchesOf({ ...base, grants: [...base.grants, ['nothing', 'ana']] }), 'BK-INGEST-REFERENCES'],
    [batchesOf({ ...base, users: { ...base.users, '': { name: 'No id' } } }), 'BK-INGEST-ID'],
    [batchesOf({ ...base, users: { ...base.users, 'a\0': { name: 'Cut' } } }), 'BK-INGEST-ID'],
  ];
  for (const [batches, expected] of tables) {
    await console.fetch(id);
    const lease = await console.claim();
    const ingest = async (): Promise<unknown> => {
      await stageSync(console.db, lease, batches);
      return compareSync(console.db, lease);
    };
    await expect(ingest()).rejects.toEqual(code(expected));
    await console.db.transaction((tx) => failRun(tx, lease, storeFailure('BK-LEASE-LOST', {}).report));
  }
  expect(await console.ledgerDigest()).toEqual(rows);
  expect(await staged(id)).toBe(0);
  expect(await administrators(appId)).toEqual(['Ana', 'Bo', 'Cy']);
});

test('texts never fail a sync, whatever they hold', async () => {
  const { id, appId } = await console.connector();
  const name = `O'Hara "x" \\ % \u{1F600} ${'long '.repeat(200)}`;
  await console.sync(id, { ...base, users: { ...base.users, odd: { name }, cut: { name: 'a\0b\uD800' } } });
  const names = (await listAccounts(console.db, appId, {})).items.map((account) => account.name);
  expect(names).toContain(name);
  expect(names).toContain('a\uFFFDb\uFFFD');
});

test('another instance, and a sync that ended before the newest one, are refused', async () => {
  const { id } = await console.connector();
  await console.sync(id, base);
  await expect(console.fetch(id, { origin: 'https://other.example' })).rejects.toEqual(code('BK-SOURCE-CHANGED'));
  await console.db.query(
    "update sync_run set finished_at = $2, ending = 'failed' where connector_id = $1 and finished_at is null",
    [id, console.db.now()],
  );
  const { lease, comparison } = await console.compare(id, without('super bo'));
  await console.db.query("update sync set window_end = window_end - interval '1 day' where id = $1", [
    comparison.syncId,
  ]);
  await expect(applySync(console.db, lease, comparison, [])).rejects.toEqual(code('BK-SYNC-ORDER'));
  await console.db.transaction((tx) => failRun(tx, lease, storeFailure('BK-SYNC-ORDER', {}).report));
});
