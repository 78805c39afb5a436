import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addSignInToken,
  claimRun,
  createUser,
  getAccount,
  listSyncs,
  openStore,
  readSecrets,
  renewLease,
  requestRun,
  saveSecret,
  spendSignInToken,
} from '../src/index.ts';
import { migrate } from '../src/migrate.ts';
import { MINUTE, TestConsole } from './test-console.ts';

let console: TestConsole;
let folder: string;
beforeAll(async () => {
  console = await new TestConsole().openEmpty();
  folder = mkdtempSync(join(tmpdir(), 'batonkit-migrations-'));
});
afterAll(async () => {
  await console[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const code = (expected: string) => expect.objectContaining({ code: expected });
const OWN = fileURLToPath(new URL('../migrations', import.meta.url));

test('a data directory has one store at a time, and nobody else can look into it', async () => {
  const { dataDir, clock, newId } = console;
  await expect(openStore({ dataDir, clock, newId })).rejects.toMatchObject({ report: { code: 'BK-LOCK', status: 9 } });
  await expect(openStore({ dataDir: join(tmpdir(), 'x'.repeat(90)), clock, newId })).rejects.toEqual(
    code('BK-DB-PATH'),
  );
  rmSync(join(tmpdir(), 'x'.repeat(90)), { recursive: true });
  expect(statSync(join(dataDir, 'socket')).mode & 0o777).toBe(0o700);
  // The store that was there first is unharmed.
  expect(await console.db.query('select 1 as one')).toEqual([{ one: 1 }]);
});

test('inside a transaction only its own handle works, instead of waiting for ever', async () => {
  const { db } = console;
  const kept = async (): Promise<unknown> => db.query("select name from app where id = 'nested'");
  const work = [() => db.query('select 1'), () => db.transaction(async () => {})];
  for (const nested of work) {
    await expect(
      db.transaction(async (tx) => {
        await tx.query("insert into app (id, name, created_at) values ('nested', 'Nested', $1)", [tx.now()]);
        await nested();
      }),
    ).rejects.toEqual(code('BK-DB-NESTED'));
    expect(await kept()).toEqual([]);
  }
  const escaped = await db.transaction(async (tx) => tx);
  await expect(escaped.query('select 1')).rejects.toEqual(code('BK-DB-NESTED'));
  // What runs beside a transaction waits for its turn.
  const beside = await Promise.all([1, 2, 3].map((n) => db.transaction(async (tx) => tx.query(`select ${n} as n`))));
  expect(beside).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]]);
});

test('a sign-in link works once, and not any more when there is a newer one', async () => {
  const { db } = console;
  const user = await db.transaction((tx) => createUser(tx, 'Ana'));
  const expiresAt = new Date(console.clock.now() + MINUTE).toISOString();
  const add = (hash: string): Promise<void> =>
    db.transaction((tx) => addSignInToken(tx, { userId: user.id, hash, expiresAt }));
  const spend = (hash: string) => db.transaction((tx) => spendSignInToken(tx, hash));
  await add('older');
  await add('newer');
  expect(await spend('older')).toBeUndefined();
  expect(await spend('newer')).toEqual(user);
  expect(await spend('newer')).toBeUndefined();
});

test('each migration runs once; an edited one and one of a newer version are refused', async () => {
  const { db } = console;
  const names = async (): Promise<unknown[]> =>
    (await db.query<{ name: string }>('select name from migration order by name')).map(({ name }) => name);
  const base = await names();
  expect(base).toEqual(readdirSync(OWN).sort());
  for (const name of readdirSync(OWN)) copyFileSync(join(OWN, name), join(folder, name));
  const later = join(folder, '0900-later.sql');
  writeFileSync(later, 'create table later (id text); insert into later values ($$once$$);');
  await migrate(db, folder);
  await migrate(db, folder);
  expect(await db.query('select id from later')).toEqual([{ id: 'once' }]);
  expect(await names()).toEqual([...base, '0900-later.sql']);

  const text = readFileSync(later, 'utf8');
  writeFileSync(later, `${text} -- edited`);
  await expect(migrate(db, folder)).rejects.toEqual(code('BK-MIGRATION'));
  await expect(migrate(db, OWN)).rejects.toEqual(code('BK-MIGRATION-NEWER'));

  writeFileSync(later, text);
  writeFileSync(join(folder, '0901-broken.sql'), 'create table half (id text); select * from nowhere;');
  await expect(migrate(db, folder)).rejects.toThrow('nowhere');
  expect(await db.query("select to_regclass('half') as half")).toEqual([{ half: null }]);
  await db.query("drop table later; delete from migration where name = '0900-later.sql'");
});

test('of a secret the database has the ciphertext, and who set it', async () => {
  const { id } = await console.connector();
  const save = (ciphertext: Buffer, setBy: string): Promise<void> =>
    console.db.transaction((tx) => saveSecret(tx, id, { name: 'api-key', ciphertext, lastFour: 'cret', setBy }));
  await save(Buffer.from([0, 1, 255]), 'Ana');
  await save(Buffer.from([2, 0, 254]), 'Bo');
  const secrets = await readSecrets(console.db, id);
  expect(secrets.map(({ name, ciphertext }) => [name, [...ciphertext]])).toEqual([['api-key', [2, 0, 254]]]);
  const columns = await console.db.query<{ column_name: string }>(
    "select column_name from information_schema.columns where table_name = 'secret' order by 1",
  );
  expect(columns.map((column) => column.column_name)).toEqual([
    'ciphertext',
    'connector_id',
    'last_four',
    'name',
    'names',
    'set_at',
    'set_by',
  ]);
});

test('a database of the first form is brought to the newest with what it holds', async () => {
  const { clock, newId } = console;
  const first = mkdtempSync(join(tmpdir(), 'batonkit-first-'));
  const dataDir = join(first, 'data');
  copyFileSync(join(OWN, '0001-base.sql'), join(first, '0001-base.sql'));
  const [app, connector, run, sync, account] = [newId(), newId(), newId(), newId(), newId()];
  const at = '2026-05-01T10:00:00.000Z';
  const lastLoginAt = '2026-04-30T08:00:00.000Z';
  const attributes = { login: null, status: { name: 'enabled', source: 'active' }, type: 'human', createdAt: null };
  {
    await using store = await openStore({ dataDir, clock, newId, migrations: first });
    await store.db.transaction(async (tx) => {
      await tx.query('insert into app values ($1, $2, $3)', [app, 'App', at]);
      const [source] = await tx.query<{ id: number }>(
        `insert into source (app_id, connector_type, instance_origin, created_at) values ($1, 'c', 'o', $2) returning id`,
        [app, at],
      );
      await tx.query(
        'insert into connector (id, app_id, catalog_id, name, created_at, source_id) values ($1, $2, $3, $4, $5, $6)',
        [connector, app, 'c', 'C', at, source?.id],
      );
      await tx.query(
        `insert into sync_run (id, connector_id, trigger, requested_by, requested_at, finished_at, ending, sync_id)
         values ($1, $2, 'save', 'Ana', $3, $3, 'done', $4)`,
        [run, connector, at, sync],
      );
      await tx.query(
        `insert into sync values ($1, $2, $3, 'c', 'o', 'complete', $4, $4, $4, $4, 'p', 'h', 'd', 1, '{}', false, 'own',
           'applied', $4)`,
        [sync, connector, run, at],
      );
      await tx.query('insert into applied_sync values ($1, 1000000, $2, $3, $3, $3, null, $4)', [
        source?.id,
        sync,
        at,
        JSON.stringify({ accounts: 1, roles: 0, grants: 0, administrators: 0 }),
      ]);
      const [resource] = await tx.query<{ id: number }>(
        `insert into resource (public_id, source_id, type, external_id) values ($1, $2, 'user', 'u-1') returning id`,
        [account, source?.id],
      );
      await tx.query(
        `insert into resource_interval (resource_id, opened, source_id, trait, name, by_flag, attributes)
         values ($1, 1000000, $2, 'user', 'Ana', false, $3)`,
        [resource?.id, source?.id, JSON.stringify({ ...attributes, lastLoginAt, profile: [] })],
      );
    });
  }
  {
    await using store = await openStore({ dataDir, clock, newId });
    expect(await getAccount(store.db, app, account, {})).toMatchObject({
      name: 'Ana',
      newestKnown: true,
      lastLoginAt,
      proof: { verdict: 'complete', exceptions: [], span: { kind: 'moment', from: at } },
    });
    expect((await listSyncs(store.db, connector, {})).items).toMatchObject([{ exceptions: [], requests: null }]);
  }
  rmSync(first, { recursive: true });
});

test('at start every lease is void, a run asked to stop has ended, and its data are as they were', async () => {
  const [one, other] = [await console.connector(), await console.connector()];
  for (const { id } of [one, other]) {
    await console.db.transaction((tx) => requestRun(tx, { connectorId: id, trigger: 'manual', requestedBy: 'Ana' }));
  }
  const lease = await console.claim();
  const stopped = await console.claim();
  await console.db.query('update sync_run set cancel_requested_at = $2 where id = $1', [
    stopped.runId,
    console.db.now(),
  ]);
  expect(await claimRun(console.db, 'second', MINUTE)).toBeUndefined();

  await console.close();
  await console.open();
  expect(await renewLease(console.db, lease, MINUTE)).toBe('lost');
  expect(await console.claim('second')).toMatchObject({ runId: lease.runId, attempt: 2, part: 'fetch' });
  expect(await claimRun(console.db, 'third', MINUTE)).toBeUndefined();
  expect(await console.db.query('select ending from sync_run where id = $1', [stopped.runId])).toEqual([
    { ending: 'cancelled' },
  ]);
});
