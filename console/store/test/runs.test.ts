import { Status } from '@batonkit/kernel';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  cancelRun,
  claimRun,
  endCancelledRun,
  failRun,
  finishSync,
  getConnector,
  listRequests,
  listSyncs,
  recordProgress,
  recordRequests,
  releaseRun,
  renewLease,
  requestRun,
} from '../src/index.ts';
import type { Lease } from '../src/index.ts';
import { MINUTE, TestConsole } from './test-console.ts';
import { base } from './two-super-admins.ts';

let console: TestConsole;
beforeAll(async () => {
  console = await new TestConsole().open();
});
afterAll(() => console[Symbol.asyncDispose]());

const code = (expected: string) => expect.objectContaining({ code: expected });
const ERROR = { code: 'RL-X', status: Status.Unavailable, title: 'Refused.', meaning: 'M.', remedy: 'R.' };

const request = (connectorId: string): Promise<string> =>
  console.db.transaction((tx) => requestRun(tx, { connectorId, trigger: 'manual', requestedBy: 'Ana' }));
const fail = (lease: Lease): Promise<void> => console.db.transaction((tx) => failRun(tx, lease, ERROR));
const outcome = async (connectorId: string): Promise<string | undefined> =>
  (await getConnector(console.db, connectorId)).run?.outcome;

test('a connector has one open run; many workers at once get each run once, the oldest first', async () => {
  const connectors = [await console.connector(), await console.connector(), await console.connector()];
  const runs: string[] = [];
  for (const { id } of connectors) {
    runs.push(await request(id));
    console.clock.advance(1);
    await expect(request(id)).rejects.toEqual(code('BK-RUN-OPEN'));
  }
  const claims = await Promise.all(
    Array.from({ length: 6 }, (_, worker) => claimRun(console.db, `worker ${worker}`, MINUTE)),
  );
  expect(claims.filter((lease) => lease !== undefined).map(({ runId }) => runId)).toEqual(runs);
  for (const lease of claims) if (lease !== undefined) await fail(lease);
  // An ended one makes room for the next.
  await request(connectors[0]!.id);
  await fail(await console.claim());
});

test('a lease that is renewed stays; one that is over goes to the next worker, and the first has lost it', async () => {
  const { id } = await console.connector();
  const runId = await request(id);
  const first = await console.claim('first');
  console.clock.advance(MINUTE - 1);
  expect(await renewLease(console.db, first, MINUTE)).toBe('held');
  console.clock.advance(MINUTE - 1);
  expect(await claimRun(console.db, 'second', MINUTE)).toBeUndefined();
  console.clock.advance(1);
  const second = await console.claim('second');
  expect(second).toMatchObject({ runId, attempt: 2 });
  expect(second.claimedAt).toBe(console.db.now());

  expect(await renewLease(console.db, first, MINUTE)).toBe('lost');
  expect(
    await recordProgress(console.db, first, { phase: 'read', lists: [], waiting: null, plan: null, requests: 0 }),
  ).toBe('lost');
  await expect(console.finish(first, console.newId())).rejects.toEqual(code('BK-LEASE-LOST'));
  await expect(fail(first)).rejects.toEqual(code('BK-LEASE-LOST'));
  expect(await outcome(id)).toBe('running');
  await fail(second);
  expect((await getConnector(console.db, id)).run).toMatchObject({ outcome: 'failed', error: ERROR, attempt: 2 });
});

test('each dead attempt is tried again at once and counted; what it had said goes', async () => {
  const { id } = await console.connector();
  await request(id);
  for (const attempt of [1, 2, 3]) {
    const lease = await console.claim();
    expect(lease).toMatchObject({ attempt, part: 'fetch', artefact: null });
    expect((await getConnector(console.db, id)).run).toMatchObject({ phase: 'queued', lists: [], attempt });
    const list = { name: 'users', pass: 1, received: 5, total: null, pages: 1, done: false };
    await recordProgress(console.db, lease, { phase: 'read', lists: [list], waiting: null, plan: null, requests: 0 });
    expect((await getConnector(console.db, id)).run).toMatchObject({ phase: 'read', lists: [list] });
    if (attempt < 3) await console.db.transaction((tx) => releaseRun(tx, lease));
    else await fail(lease);
  }
  expect(await claimRun(console.db, 'worker', MINUTE)).toBeUndefined();
  expect((await listSyncs(console.db, id, {})).items).toMatchObject([{ outcome: 'failed', attempts: 3 }]);
});

test('cancel: at once while nobody holds it; else its holder is asked; not when everything is read', async () => {
  const { id } = await console.connector();
  const cancel = (): Promise<string> => console.db.transaction((tx) => cancelRun(tx, id));
  await expect(cancel()).rejects.toEqual(code('BK-CANCEL-NONE'));
  await request(id);
  expect(await cancel()).toBe('cancelled');
  expect(await outcome(id)).toBe('cancelled');

  await request(id);
  const lease = await console.claim();
  expect(await cancel()).toBe('asked');
  expect(await renewLease(console.db, lease, MINUTE)).toBe('cancelled');
  expect(await outcome(id)).toBe('running');
  await console.db.transaction((tx) => endCancelledRun(tx, lease));
  expect(await outcome(id)).toBe('cancelled');

  // A holder that dies before it hears of it: nobody takes the run up again.
  await request(id);
  await console.claim();
  await cancel();
  console.clock.advance(MINUTE);
  expect(await claimRun(console.db, 'second', MINUTE)).toBeUndefined();
  expect(await outcome(id)).toBe('cancelled');

  await console.fetch(id);
  await expect(cancel()).rejects.toEqual(code('BK-CANCEL-LATE'));
  await fail(await console.claim());
});

test('what failed stays so through runs that are cancelled, until one ends otherwise', async () => {
  const { id } = await console.connector();
  const before = async () => (await getConnector(console.db, id)).failedBefore;
  expect(await before()).toBeNull();
  await request(id);
  expect(await before()).toBeNull();
  await fail(await console.claim());
  const failure = { at: console.db.now(), error: ERROR };
  for (const _ of [1, 2]) {
    console.clock.advance(1000);
    await request(id);
    await console.db.transaction((tx) => cancelRun(tx, id));
    expect(await before()).toEqual(failure);
  }
  console.clock.advance(1000);
  await console.sync(id, base);
  expect(await before()).toBeNull();
});

test('finishing twice with the same file does nothing; another file with its id is refused', async () => {
  const [one, other] = [await console.connector(), await console.connector()];
  await request(one.id);
  const lease = await console.claim();
  console.clock.advance(1000);
  const syncId = console.newId();
  expect(await console.finish(lease, syncId)).toBe('received');
  const seen = async (): Promise<unknown> => [
    await console.db.query('select * from sync where connector_id = $1', [one.id]),
    await console.db.query('select * from sync_run where connector_id = $1', [one.id]),
  ];
  const before = await seen();
  expect(before).toMatchObject([
    [{ id: syncId, window_start: lease.claimedAt, window_end: console.db.now(), disposition: 'pending' }],
    [{ phase: 'ingest', sync_id: syncId, lease_token: null, finished_at: null }],
  ]);
  console.clock.advance(1000);
  expect(await console.finish(lease, syncId)).toBe('known');
  await expect(console.finish(lease, syncId, { sha256: 'other' })).rejects.toEqual(code('BK-SYNC-HASH'));
  expect(await seen()).toEqual(before);

  await request(other.id);
  const ingest = await console.claim();
  expect(ingest).toMatchObject({ connectorId: one.id, part: 'ingest', attempt: 1, artefact: { syncId, bytes: 1000 } });
  const stranger = await console.claim();
  await expect(console.finish(stranger, syncId)).rejects.toEqual(code('BK-SYNC-HASH'));
  await fail(ingest);
  await fail(stranger);
  // Brought once more by a later run: that run ends, and the sync keeps the first one's fate.
  await request(one.id);
  expect(await console.finish(await console.claim(), syncId)).toBe('known');
  expect((await getConnector(console.db, one.id)).run).toMatchObject({
    outcome: 'failed',
    finishedAt: console.db.now(),
  });
});

test('a finish that fails in the middle leaves no half of it', async () => {
  const { id } = await console.connector();
  await request(id);
  const lease = await console.claim();
  const syncId = console.newId();
  const artefact = { syncId, path: 'x', sha256: 'a', contentDigest: 'b', bytes: 1 };
  const certificate = {
    text: '{}',
    verdict: 'complete' as const,
    exceptions: [],
    span: { kind: 'moment' as const, from: console.db.now(), to: console.db.now() },
    readOnce: false,
    plan: 'embedded',
    connectorType: 'runlayer',
    origin: 'https://acme.example',
    owner: { id: 'owner', roles: [] },
    key: null,
  };
  await expect(
    console.db.transaction(async (tx) => {
      await finishSync(tx, lease, artefact, certificate);
      throw new Error('the power fails');
    }),
  ).rejects.toThrow('the power fails');
  expect(await console.db.query('select id from sync where id = $1', [syncId])).toEqual([]);
  expect(await renewLease(console.db, lease, MINUTE)).toBe('held');
  await expect(
    // Only what is complete can be a sync.
    console.db.transaction((tx) => finishSync(tx, lease, artefact, { ...certificate, verdict: 'partial' as never })),
  ).rejects.toThrow('verdict');
  await fail(lease);
});

test('the request log shows the newest run, newest first, in pages', async () => {
  const { id } = await console.connector();
  const log = async (paths: string[]): Promise<Lease> => {
    await request(id);
    const lease = await console.claim();
    const at = console.db.now();
    const row = { at, method: 'GET', status: 200, ms: 1.5, rows: 3, attempt: 1 };
    for (const path of paths) await recordRequests(console.db, lease, [{ ...row, path }]);
    await fail(lease);
    return lease;
  };
  const old = await log(['/old']);
  const { runId } = await log(['/a', '/b', '/c']);
  expect((await listRequests(console.db, id, old.runId, {})).items).toEqual([]);
  const page = await listRequests(console.db, id, runId, { limit: 2 });
  expect(page.items.map(({ path, ms }) => [path, ms])).toEqual([
    ['/c', 1.5],
    ['/b', 1.5],
  ]);
  const rest = await listRequests(console.db, id, runId, { limit: 2, cursor: page.next ?? '' });
  expect(rest).toMatchObject({ items: [{ path: '/a' }], next: null });
  await expect(listRequests(console.db, console.newId(), runId, {})).rejects.toEqual(code('BK-NOT-FOUND'));
});
