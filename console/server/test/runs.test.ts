import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalJson, checkSignature, parseCertificate, readVerifyingKey } from '@batonkit/certificate';
import { API_PREFIX, LiveEvent, type Connector } from '@batonkit/console-contract';
import { ADDRESS, KEY, tenant, testConsole, type TestConsole } from './console.ts';

let console: TestConsole;
beforeAll(async () => {
  console = await testConsole();
});
afterAll(() => console[Symbol.asyncDispose]());

const of = ({ id }: Connector) => ({ params: { connectorId: id } });
const ofApp = ({ app }: Connector) => ({ params: { appId: app.id } });
const noLeftovers = () => readdirSync(join(console.dataDir, 'runs'));

test('from nothing to administrators on the page', async () => {
  const { user } = await console.call('getSession');
  const made = await console.call('createConnector', {
    body: { catalogId: 'fixture', setUp: { kind: 'new_app' }, ownerIds: [user.id] },
  });
  expect(made).toMatchObject({
    name: 'Fixture',
    owners: [user],
    run: null,
    lastGood: null,
    state: { name: 'not_connected' },
  });
  expect(made.state.reason).toContain('Base URL and API key');
  expect(await console.fails('syncNow', of(made))).toMatchObject({ status: 409, code: 'BK-NOT-CONFIGURED' });

  const connector = await console.connector('first', tenant());
  expect(connector.state.name).toBe('syncing');
  const done = await console.settled(connector.id);
  expect(done.state).toMatchObject({ name: 'connected' });
  expect(done.passed.map(({ name }) => name)).toEqual(
    ['not_connected', 'syncing', 'processing', 'connected'].slice(-3),
  );
  expect(done.lastGood?.counts).toEqual({ accounts: 4, roles: 3, grants: 4 });

  const { items, tiers, proof } = await console.call('listAdministrators', ofApp(done));
  expect(items.map(({ account, tier }) => [account.name, tier])).toEqual([
    ['Name of ana', 'critical'],
    ['Name of bo', 'critical'],
    ['Name of cy', 'unclassified'],
  ]);
  expect(tiers).toEqual({ critical: 2, high: 0, unclassified: 1 });
  expect(proof?.syncId).toBe(done.lastGood?.syncId);
  const accounts = await console.call('listAccounts', ofApp(done));
  expect(accounts.items).toHaveLength(4);
  expect(accounts.items[0]).toMatchObject({
    externalId: 'ana',
    email: 'ana@acme.example',
    status: { name: 'enabled', source: 'active' },
    type: 'human',
  });
  const account = accounts.items[0];
  await console.call('getAccount', { params: { appId: done.app.id, accountId: account?.id ?? '' } });
  expect((await console.call('listRoles', ofApp(done))).items).toHaveLength(3);
  expect((await console.call('listGrants', ofApp(done))).items).toHaveLength(4);
  expect((await console.call('listTimeline', ofApp(done))).items.every(({ first }) => first)).toBe(true);
  expect((await console.call('getApp', ofApp(done))).connectors).toMatchObject([
    { id: done.id, state: { name: 'connected' } },
  ]);
  expect((await console.call('listApps')).items).toHaveLength(2);
  expect((await console.call('listConnectors')).items).toHaveLength(2);
  expect((await console.call('listUsers')).items).toEqual([user]);

  const [sync] = (await console.call('listSyncs', of(done))).items;
  expect(sync).toMatchObject({
    outcome: 'applied',
    trigger: 'save',
    requestedBy: user.name,
    attempts: 1,
    verdict: 'complete',
  });
  const requests = await console.call('listRequests', { params: { connectorId: done.id, runId: sync?.id ?? '' } });
  expect(requests.items).toMatchObject([{ method: 'GET', path: '/users', status: 200, rows: 4 }]);
  const certificate = await console.call('getCertificate', { params: { syncId: sync?.syncId ?? '' } });
  expect(certificate).toMatchObject({ sync_id: sync?.syncId, sha256: sync?.sha256, signature: 'unsigned' });
  const audit = await console.call('listAudit', of(done));
  expect(audit.items.map(({ action, actor }) => [action, actor])).toEqual([
    ['Settings saved', user.name],
    ['Created', user.name],
  ]);

  const artefact = join(console.dataDir, 'artefacts', `${sync?.syncId}.c1z`);
  expect(statSync(artefact).mode & 0o777).toBe(0o600);
  expect(existsSync(`${artefact}.cert.json`)).toBe(true);
  await expect.poll(noLeftovers).toEqual([]);
});

test('findings about fields come in one answer, each beside its field, and nothing is saved', async () => {
  const connector = await console.settled((await console.connector('fields', tenant())).id);
  const save = (values: Record<string, unknown>) =>
    console.fails('saveSettings', { ...of(connector), body: { values } });
  expect(await save({ 'base-url': '', scenario: 5 })).toMatchObject({
    status: 422,
    problems: [
      { code: 'BK-CONFIG-KIND', field: 'scenario' },
      { code: 'BK-CONFIG-REQUIRED', field: 'base-url' },
    ],
  });
  expect(await save({ 'base-url': 'https://other.example' })).toMatchObject({
    status: 422,
    code: 'BK-SECRET-AGAIN',
    field: 'api-key',
    problems: [{ field: 'api-key' }],
  });
  expect(await save({ 'base-url': 'http://127.0.0.1:9', 'api-key': KEY })).toMatchObject({
    code: 'BK-ADDRESS',
    field: 'base-url',
  });
  const after = await console.call('getConnector', of(connector));
  expect(after.settings).toEqual(connector.settings);
  expect(after.settings.find(({ name }) => name === 'base-url')?.value).toBe(ADDRESS);
  expect((await console.call('listSyncs', of(connector))).items).toHaveLength(1);
});

test('an error of the child is shown unchanged, and the last good data stay', async () => {
  const good = await console.settled((await console.connector('error', tenant())).id);
  console.scenario('error', tenant({ end: 'error' }));
  await console.call('syncNow', of(good));
  const failed = await console.settled(good.id);
  expect(failed.state).toMatchObject({
    name: 'error',
    error: { code: 'FX-AUTH', status: 16, title: 'Refused.', meaning: 'M.', remedy: 'R.', field: 'api-key' },
  });
  expect(failed.lastGood).toEqual(good.lastGood);
  expect((await console.call('listAdministrators', ofApp(good))).items).toHaveLength(3);
  await expect.poll(noLeftovers).toEqual([]);
});

test.each([
  ['die', 'BK-RUN-DIED', 3],
  ['no-certificate', 'BK-RUN-INCOMPLETE', 1],
  ['other-file', 'BK-CERT-CONTENT', 1],
  ['pipe', 'BK-RUN-INCOMPLETE', 1],
  ['link', 'BK-RUN-INCOMPLETE', 1],
] as const)(
  'a child that ends with %s is %s after %i attempts, and nothing is applied',
  async (end, code, attempts) => {
    const before = readdirSync(join(console.dataDir, 'artefacts'));
    const failed = await console.settled((await console.connector(end, tenant({ end }))).id);
    expect(failed.state).toMatchObject({ name: 'error', error: { code } });
    expect(failed.lastGood).toBeNull();
    const [sync] = (await console.call('listSyncs', of(failed))).items;
    expect(sync).toMatchObject({ outcome: 'failed', attempts, syncId: null });
    expect((await console.call('listAccounts', ofApp(failed))).proof).toBeNull();
    expect(readdirSync(join(console.dataDir, 'artefacts'))).toEqual(before);
    await expect.poll(noLeftovers).toEqual([]);
  },
);

test('a file under the id of an earlier sync is refused, and the earlier one stays as it was', async () => {
  const good = await console.settled((await console.connector('same-id', tenant())).id);
  const syncId = good.lastGood?.syncId ?? '';
  const artefact = join(console.dataDir, 'artefacts', `${syncId}.c1z`);
  const before = [readFileSync(artefact), readFileSync(`${artefact}.cert.json`)];
  const liar = await console.connector('liar', tenant({ syncId, users: ['ana', 'bo', 'cy', 'eve'] }));
  expect((await console.settled(liar.id)).state).toMatchObject({ name: 'error', error: { code: 'BK-SYNC-HASH' } });
  expect([readFileSync(artefact), readFileSync(`${artefact}.cert.json`)]).toEqual(before);
});

test('a file that the store refuses is not kept', async () => {
  const good = await console.settled((await console.connector('moved', tenant())).id);
  const before = readdirSync(join(console.dataDir, 'artefacts'));
  await console.call('saveSettings', {
    ...of(good),
    body: { values: { 'base-url': 'https://other.example', 'api-key': KEY } },
  });
  expect((await console.settled(good.id)).state.error?.code).toBe('BK-SOURCE-CHANGED');
  expect(readdirSync(join(console.dataDir, 'artefacts'))).toEqual(before);
});

test('a sync with exceptions is applied, and says so wherever it is shown', async () => {
  const exceptions = [
    { name: 'null-roles=none', reason: 'New people have none.', by: 'Ana', at: '2026-05-01T10:00:00.000Z' },
  ];
  const evidence = { verdict: 'complete with exceptions', exceptions } as const;
  const done = await console.settled((await console.connector('excepted', tenant({ evidence }))).id);
  expect(done).toMatchObject({
    state: { name: 'connected' },
    lastGood: { verdict: 'complete with exceptions', exceptions, span: { kind: 'moment' } },
  });
  for (const list of ['listAdministrators', 'listAccounts', 'listRoles', 'listGrants'] as const) {
    expect((await console.call(list, ofApp(done))).proof).toMatchObject({
      verdict: 'complete with exceptions',
      exceptions,
    });
  }
  expect((await console.call('getApp', ofApp(done))).proof).toMatchObject({ exceptions });
  const [sync] = (await console.call('listSyncs', of(done))).items;
  expect(sync).toMatchObject({
    outcome: 'applied',
    verdict: 'complete with exceptions',
    exceptions,
    plan: 'embedded',
    requests: 1,
    signed: false,
  });
  expect(await console.call('getCertificate', { params: { syncId: sync?.syncId ?? '' } })).toMatchObject({
    exceptions,
  });
});

test('whose key read the tenant need not be listed when that was overruled', async () => {
  const unlisted = { users: ['bo', 'cy', 'di'], grants: [['bo', 'super_admin']] as [string, string][] };
  const refused = await console.settled((await console.connector('unlisted', tenant(unlisted))).id);
  expect(refused.state.error?.code).toBe('BK-FIRST-OWNER');
  const exceptions = [{ name: 'owner-not-listed', reason: 'A robot.', by: 'Ana', at: '2026-05-01T10:00:00.000Z' }];
  console.scenario('unlisted', tenant({ ...unlisted, evidence: { verdict: 'complete with exceptions', exceptions } }));
  await console.call('syncNow', of(refused));
  expect((await console.settled(refused.id)).state.name).toBe('connected');
});

test('exceptions go to the program with who accepted them and when; of secrets by name only the names are told', async () => {
  const good = await console.settled((await console.connector('settings', tenant())).id);
  const save = (values: Record<string, unknown>) => console.call('saveSettings', { ...of(good), body: { values } });
  await save({ accept: ['null-roles=none'], reason: 'New people have none.', headers: { 'x-team': 'geheim-4711' } });
  const done = await console.settled(good.id);
  const setting = (name: string) => done.settings.find((each) => each.name === name);
  const at = setting('accepted-at')?.value;
  expect(done.lastGood?.exceptions).toEqual([
    { name: 'null-roles=none', reason: 'New people have none.', by: 'Local administrator', at },
  ]);
  expect(setting('headers')).toMatchObject({ secret: { names: ['x-team'], lastFour: '' } });
  const [sync] = (await console.call('listSyncs', of(done))).items;
  const log = readFileSync(join(console.dataDir, 'logs', `${sync?.id}.log`), 'utf8');
  for (const text of [log, ...console.answers, ...console.logs]) expect(text).not.toContain('geheim-4711');
  expect(log).toContain('a log line that leaks');

  await save({ accept: [], reason: '', headers: {} });
  const without = await console.settled(good.id);
  expect(without.lastGood).toMatchObject({ verdict: 'complete', exceptions: [] });
  expect(without.settings.map(({ name }) => name).sort()).toEqual(['api-key', 'base-url', 'scenario']);
});

test('a tenant that moved is dated by its window, and one that was read once is held where a role is left empty', async () => {
  const evidence = { dated: 'window', passes: 1 } as const;
  const good = await console.settled((await console.connector('window', tenant({ evidence }))).id);
  expect(good.lastGood?.span.kind).toBe('window');
  const grants = tenant().grants.filter(([, role]) => role !== 'helpdesk');
  console.scenario('window', tenant({ grants, evidence }));
  await console.call('syncNow', of(good));
  const held = await console.settled(good.id);
  expect(held.held?.reasons).toMatchObject([{ code: 'BK-DROP-ROLE' }]);
  expect(held.held?.reasons[0]?.text).toContain('Helpdesk');
  // Read twice, it is believed.
  console.scenario('window', tenant({ grants }));
  await console.call('syncNow', of(good));
  expect((await console.settled(good.id)).state.name).toBe('connected');
});

test('a signature is by the key of its own run, whose public half is kept', async () => {
  const done = await console.settled((await console.connector('signed', tenant({ sign: 'given' }))).id);
  expect((await console.call('listAdministrators', ofApp(done))).proof?.signed).toBe(true);
  const syncId = done.lastGood?.syncId ?? '';
  const text = JSON.stringify(await console.call('getCertificate', { params: { syncId } }));
  const keyId = (JSON.parse(text) as { key_id: string }).key_id;
  const pem = await console.fetch(`${API_PREFIX}/certificate-keys/${keyId}/file`);
  expect(pem.headers.get('content-disposition')).toBe(`attachment; filename="${keyId.slice(0, 8)}.pem"`);
  const publicPem = await pem.text();
  const certificate = parseCertificate(canonicalJson(JSON.parse(text)));
  expect(checkSignature(certificate, [readVerifyingKey(publicPem)])).toBe('valid');

  // What can be had is what was received, byte for byte.
  for (const [path, name] of [
    [`/syncs/${syncId}/file`, `${syncId}.c1z`],
    [`/syncs/${syncId}/certificate/file`, `${syncId}.c1z.cert.json`],
  ] as const) {
    const bytes = readFileSync(join(console.dataDir, 'artefacts', name));
    const answer = await console.fetch(API_PREFIX + path);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${name}"`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    const head = await console.fetch(API_PREFIX + path, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)]);
  }
  rmSync(join(console.dataDir, 'artefacts', `${syncId}.c1z`));
  expect(await console.fails('downloadSync', { params: { syncId } })).toMatchObject({ code: 'BK-FILE-GONE' });
  // A file that cannot be reached is not one that somebody removed.
  symlinkSync(`${syncId}.c1z`, join(console.dataDir, 'artefacts', `${syncId}.c1z`));
  expect(await console.fails('downloadSync', { params: { syncId } })).toMatchObject({ status: 500 });
  expect(await console.fails('downloadCertificateKey', { params: { keyId: '0'.repeat(64) } })).toMatchObject({
    status: 404,
  });

  // The next run has a key of its own, and one that was made up is refused.
  await console.call('syncNow', of(done));
  await console.settled(done.id);
  expect(await console.db.query('select key_id from certificate_key')).toHaveLength(2);
  console.scenario('signed', tenant({ sign: 'own' }));
  await console.call('syncNow', of(done));
  expect((await console.settled(done.id)).state.error).toMatchObject({ code: 'BK-RUN-INCOMPLETE' });
});

test('a file from before the run is not taken for what is there now', async () => {
  const failed = await console.settled((await console.connector('old', tenant({ end: 'old' }))).id);
  expect(failed).toMatchObject({ state: { name: 'error', error: { code: 'BK-RUN-INCOMPLETE' } }, lastGood: null });
});

test('a part of a tenant is not taken for the whole', async () => {
  const narrowed = tenant({ evidence: { verdict: 'narrowed', scope: { types: ['user'], skip: [] } } });
  const failed = await console.settled((await console.connector('narrowed', narrowed)).id);
  expect(failed).toMatchObject({ state: { name: 'error', error: { code: 'BK-RUN-NARROWED' } }, lastGood: null });
});

test('a key that a program quotes in its error is not shown and not stored', async () => {
  const failed = await console.settled((await console.connector('leak', tenant({ end: 'leak' }))).id);
  expect(failed.state.error?.title).toBe('The key [redacted] is refused.');
});

test('the last holder of an admin role gone: held with its reason, and applied when confirmed', async () => {
  const good = await console.settled((await console.connector('held', tenant())).id);
  console.scenario(
    'held',
    tenant({
      grants: [
        ['ana', 'super_admin'],
        ['bo', 'helpdesk'],
      ],
    }),
  );
  await console.call('syncNow', of(good));
  const held = await console.settled(good.id);
  expect(held.state.name).toBe('paused');
  expect(held.state.reason).toContain('Custom');
  expect(held.held?.administrators).toContainEqual(expect.objectContaining({ kind: 'lost', role: 'Custom' }));
  expect((await console.call('listAdministrators', ofApp(good))).items).toHaveLength(3);

  const other = { ...of(held), body: { syncId: good.lastGood?.syncId ?? '' } };
  expect(await console.fails('confirmChanges', other)).toMatchObject({ status: 409, code: 'BK-HELD-SUPERSEDED' });
  const confirmed = await console.call('confirmChanges', { ...of(held), body: { syncId: held.held?.syncId ?? '' } });
  expect(confirmed).toMatchObject({ state: { name: 'connected' }, held: null });
  const { items, proof } = await console.call('listAdministrators', ofApp(good));
  expect(items.map(({ account }) => account.name)).toEqual(['Name of ana']);
  expect(proof?.confirmedBy).toBe('Local administrator');
});

test('a running sync can be stopped, and a second one cannot be asked for meanwhile', async () => {
  const connector = await console.connector('stopped', tenant({ end: 'hold' }));
  expect(await console.fails('syncNow', of(connector))).toMatchObject({ status: 409, code: 'BK-RUN-OPEN' });
  await expect.poll(() => noLeftovers().length).toBe(1);
  await console.call('cancelSync', of(connector));
  const stopped = await console.settled(connector.id);
  expect(stopped.state.name).not.toBe('connected');
  expect((await console.call('listSyncs', of(connector))).items).toMatchObject([{ outcome: 'cancelled' }]);
  expect(await console.fails('cancelSync', of(connector))).toMatchObject({ status: 409 });
  await expect.poll(noLeftovers).toEqual([]);
});

test('live events say what changed, and only that', async () => {
  const stop = new AbortController();
  const stream = await console.fetch(`${API_PREFIX}/events`, { signal: stop.signal });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  const seen: LiveEvent[] = [];
  const reading = (async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const part of stream.body ?? []) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const data = /^data: (\{.+\})$/m.exec(frame)?.[1];
        if (data !== undefined) seen.push(LiveEvent.strict().parse(JSON.parse(data)));
      }
    }
  })().catch(() => undefined);
  const connector = await console.settled((await console.connector('events', tenant())).id);
  await expect.poll(() => seen).toContainEqual({ topic: 'connector', id: connector.id });
  await expect.poll(() => seen).toContainEqual({ topic: 'app', id: connector.app.id });
  stop.abort();
  await reading;
});

test('name and owners can be changed, within the known people', async () => {
  const { user } = await console.call('getSession');
  const made = await console.call('createConnector', {
    body: { catalogId: 'fixture', setUp: { kind: 'new_app' }, ownerIds: [user.id] },
  });
  const changed = await console.call('updateConnector', { ...of(made), body: { name: ' Production ' } });
  expect(changed.name).toBe('Production');
  expect(await console.fails('updateConnector', { ...of(made), body: { ownerIds: ['x'.repeat(27)] } })).toMatchObject({
    status: 404,
  });
  const nowhere = { catalogId: 'gone', setUp: { kind: 'new_app' }, ownerIds: [user.id] };
  expect(await console.fails('createConnector', { body: nowhere })).toMatchObject({ code: 'BK-CATALOG-GONE' });
});

test('a program is told with which settings a sync was complete before, and what of this machine it may reach', async () => {
  const told = async (connector: Connector): Promise<string> => {
    const [sync] = (await console.call('listSyncs', of(connector))).items;
    const log = readFileSync(join(console.dataDir, 'logs', `${sync?.id}.log`), 'utf8');
    return /may reach .*/.exec(log)?.[0] ?? '';
  };
  const first = await console.settled((await console.connector('told', tenant())).id);
  expect(await told(first)).toBe('may reach none, knows nothing');
  await console.call('syncNow', of(first));
  expect(await told(await console.settled(first.id))).toBe(`may reach none, knows ${'0'.repeat(64)}`);

  await using other = await testConsole({ allowedOrigins: ['http://127.0.0.1:8081', 'http://localhost:8081'] });
  const one = await other.settled((await other.connector('told', tenant())).id);
  const [sync] = (await other.call('listSyncs', of(one))).items;
  const log = readFileSync(join(other.dataDir, 'logs', `${sync?.id}.log`), 'utf8');
  expect(log).toContain('may reach http://127.0.0.1:8081,http://localhost:8081, knows nothing');
});

test('what a program quotes of its key in its progress is stored and told without it', async () => {
  const connector = await console.settled((await console.connector('chatty', tenant({ end: 'leak-progress' }))).id);
  expect(connector.state.name).toBe('error');
  const [sync] = (await console.call('listSyncs', of(connector))).items;
  const runId = sync?.id ?? '';
  const requests = await console.call('listRequests', { params: { connectorId: connector.id, runId } });
  expect(requests.items.map(({ path }) => path)).toContain('/users?key=[redacted]');
  expect(JSON.stringify([connector, sync, requests])).not.toContain(KEY);
  const rows = await console.db.query('select progress, error from sync_run where id = $1', [runId]);
  expect(JSON.stringify(rows)).not.toContain(KEY);
});

test('a file with a time that no calendar of ours has is refused at the first attempt', async () => {
  const connector = await console.settled((await console.connector('odd-date', tenant({ end: 'odd-date' }))).id);
  expect(connector.state).toMatchObject({ name: 'error', error: { code: 'BK-INGEST' } });
});
