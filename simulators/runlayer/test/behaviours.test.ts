import { describe, expect, test } from 'vitest';

import { kinds } from '../src/behaviours/index.ts';
import { readAll, readPairs, simulator, truePairs, type Row } from './simulator.ts';

interface Page {
  readonly data: Row[];
  readonly count: number;
}

const page = (json: unknown): Page => json as Page;

describe('failures', () => {
  test('html-at-200', async () => {
    await using from = await simulator({}, ['html-at-200']);
    for (const path of ['/users/me', '/users', '/roles']) {
      const answer = await from.get(path);
      expect([answer.status, answer.text.slice(0, 9)]).toEqual([200, '<!doctype']);
    }
    await from.admin('/behaviours', { set: ['html-at-200:/roles'] });
    expect((await from.get('/users')).json).toBeDefined();
    expect((await from.get('/roles')).json).toBeUndefined();
  });

  test('roles-403', async () => {
    await using from = await simulator({ assignments: 'per-user' }, ['roles-403']);
    for (const path of ['/roles', `/users/${from.tenant.at(0).id}/roles`]) {
      expect(await from.get(path)).toMatchObject({ status: 403, json: { detail: expect.any(String) } });
    }
    expect((await from.get('/users')).status).toBe(200);
    expect((await from.get('/roles', from.tenant.keys.invalid)).status).toBe(401);
  });

  test('server-error lasts; server-error:N heals', async () => {
    await using from = await simulator({}, ['server-error']);
    for (let n = 0; n < 8; n++) expect((await from.get('/users')).status).toBe(500);
    await from.admin('/behaviours', { set: ['server-error:2:/roles'] });
    const statuses = [];
    for (const path of ['/users', '/roles', '/users', '/roles', '/roles']) statuses.push((await from.get(path)).status);
    expect(statuses).toEqual([200, 500, 200, 500, 200]);
  });

  test('rate-limit', async () => {
    await using from = await simulator({}, ['rate-limit:3']);
    const answers = [];
    for (let n = 0; n < 7; n++) answers.push(await from.get('/users/me'));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 429, 200, 200, 429, 200]);
    expect(answers[2]?.headers.get('retry-after')).toBe('1');
  });

  test('redirect-elsewhere', async () => {
    await using from = await simulator({}, ['redirect-elsewhere:/users']);
    const answer = await from.get('/users?skip=3');
    expect(answer.status).toBe(307);
    expect(answer.headers.get('location')).toBe('https://elsewhere.example/api/v1/users?skip=3');
    expect((await from.get('/roles')).status).toBe(200);
  });

  test('wrong-content-type', async () => {
    await using from = await simulator({}, ['wrong-content-type']);
    const answer = await from.get('/users');
    expect(answer.headers.get('content-type')).toBe('text/html');
    expect(page(answer.json).data).toHaveLength(60);
  });

  test('slow', async () => {
    await using from = await simulator({}, ['slow:60000:/users']);
    const first = await Promise.race([
      from.get('/users', undefined, { signal: AbortSignal.timeout(15_000) }).then(() => 'users'),
      from.get('/roles').then(() => 'roles'),
    ]);
    expect(first).toBe('roles');
  });
});

describe('lies about the user in the middle', () => {
  const middle = 30;

  test('truncated-json', async () => {
    await using from = await simulator({}, ['truncated-json']);
    expect((await from.get('/users?limit=20')).json).toBeDefined();
    const cut = await from.get('/users?skip=20&limit=20');
    expect([cut.status, cut.json, cut.text.slice(0, 9)]).toEqual([200, undefined, '{"data":[']);
    expect(cut.headers.get('content-length')).toBe(String(Buffer.byteLength(cut.text)));
  });

  test('user-without-id', async () => {
    await using from = await simulator({}, ['user-without-id']);
    const rows = await readAll(from, '/users', 20);
    expect(rows.flatMap((row, n) => ('id' in row ? [] : [n]))).toEqual([middle]);
  });

  test('roles-null', async () => {
    await using from = await simulator({}, ['roles-null']);
    const rows = await readAll(from, '/users', 20);
    expect(rows.flatMap((row, n) => (row.roles === null ? [n] : []))).toEqual([middle]);
    await using other = await simulator({ assignments: 'per-user' }, ['roles-null']);
    expect((await other.get(`/users/${other.tenant.at(middle).id}/roles`)).json).toMatchObject({ data: null });
    expect(page((await other.get(`/users/${other.tenant.at(0).id}/roles`)).json).data).toBeInstanceOf(Array);
  });

  test('missing-roles-key', async () => {
    await using from = await simulator({}, ['missing-roles-key']);
    const rows = await readAll(from, '/users', 20);
    expect(rows.flatMap((row, n) => ('roles' in row ? [] : [n]))).toEqual([middle]);
    await using other = await simulator({ assignments: 'per-user' }, ['missing-roles-key']);
    expect((await other.get(`/users/${other.tenant.at(middle).id}/roles`)).json).not.toHaveProperty('data');
  });

  test.each(['embedded', 'per-user'] as const)('unknown-role, %s', async (assignments) => {
    await using from = await simulator({ assignments }, ['unknown-role']);
    const known = new Set((await readAll(from, '/roles', 100)).map((role) => role.id));
    const strays = (await readPairs(from, 20)).filter((pair) => !known.has(pair.split(' ')[1]!));
    expect(strays.map((pair) => pair.split(' ')[0])).toEqual([from.tenant.at(middle).id]);
  });
});

describe('lies about the list', () => {
  test('count-lies', async () => {
    await using from = await simulator({}, ['count-lies']);
    expect(page((await from.get('/users?limit=20')).json).count).toBe(61);
    expect(page((await from.get('/users?skip=60')).json)).toEqual({ data: [], count: 61 });
    await from.admin('/behaviours', { set: ['count-lies:-3'] });
    expect(page((await from.get('/users?limit=20')).json).count).toBe(57);
    expect(page((await from.get('/roles')).json).count).toBe(10);
  });

  test('short-pages', async () => {
    await using from = await simulator({}, ['short-pages:8']);
    const { data, count } = page((await from.get('/users?limit=20')).json);
    expect([data.length, count]).toEqual([8, 60]);
    expect(await readPairs(from, 20)).toEqual(await truePairs(from));
  });

  test('ties lose the same people at each reading with the same page size, and nobody on one page', async () => {
    await using from = await simulator({}, ['ties']);
    const first = await readAll(from, '/users', 20);
    expect(await readAll(from, '/users', 20)).toEqual(first);
    expect([first.length, new Set(first.map((row) => row.id)).size]).toEqual([60, 58]);
    expect(new Set((await readAll(from, '/users', 1000)).map((row) => row.id)).size).toBe(60);
  });
});

test('changes-between-passes: after each reading of the users to the end they differ, and the count does not', async () => {
  await using from = await simulator({}, ['changes-between-passes:2']);
  const passes = [];
  for (let n = 0; n < 4; n++) passes.push(await readAll(from, '/users', 20));
  expect(passes.map((pass) => pass.length)).toEqual([60, 60, 60, 60]);
  const ids = passes.map((pass) => pass.map((row) => row.id));
  expect(ids[1]).not.toEqual(ids[0]);
  expect(ids[2]).toEqual(ids[1]);
  const pairs = passes.map((pass) => pass.flatMap((row) => row.roles?.map((role) => row.id + role.id)));
  expect(pairs[2]).not.toEqual(pairs[1]);
  expect(passes[3]).toEqual(passes[2]);
  const { json } = await from.admin('/changes');
  expect(json).toMatchObject([{ kind: 'delete' }, { kind: 'add' }, { kind: 'promote', by: 'changes-between-passes' }]);
});

describe('hold', () => {
  test('holds the n-th request to a path until it is released, and the others go on', async () => {
    await using from = await simulator({}, ['hold:2:/users']);
    expect((await from.get('/users?skip=0')).status).toBe(200);
    const waiting = from.get('/users?skip=20');
    const { json } = await from.admin('/held?timeout=20000');
    expect(json).toMatchObject({
      held: [{ n: 2, method: 'GET', path: '/api/v1/users', search: '?skip=20' }],
      pending: [],
    });
    expect((await from.get('/users?skip=40')).status).toBe(200);
    expect((await from.admin('/state')).json).toMatchObject({ held: 1 });
    const added = await from.admin('/add', { name: 'Nina Later', email: 'nina@example.com', roles: ['super_admin'] });
    expect(added.status).toBe(200);
    expect((await from.admin('/release', {})).json).toEqual({ released: 1 });
    // What was held is answered with the tenant of the moment of its release.
    expect(page((await waiting).json).count).toBe(61);
  });

  test('can be asked for at run time, released one by one, and forgotten', async () => {
    await using from = await simulator();
    await from.admin('/hold', { n: 1 });
    await from.admin('/hold', { n: 1, path: '/roles' });
    const users = from.get('/users');
    await from.admin('/held?timeout=20000');
    const roles = from.get('/roles');
    expect((await from.admin('/release', { n: 1 })).json).toEqual({ released: 1 });
    expect((await users).status).toBe(200);
    await from.admin('/held?timeout=20000');
    expect((await from.admin('/release', {})).json).toEqual({ released: 1 });
    expect((await roles).status).toBe(200);
    await from.admin('/hold', { n: 1 });
    await from.admin('/release', { pending: true });
    expect((await from.get('/users')).status).toBe(200);
  });

  test('lets go of a client that goes away', async () => {
    await using from = await simulator({}, ['hold:1']);
    const client = new AbortController();
    const waiting = from.get('/users', undefined, { signal: client.signal }).catch(() => 'gone');
    await from.admin('/held?timeout=20000');
    client.abort();
    expect(await waiting).toBe('gone');
    await expect.poll(async () => (await from.admin('/held')).json).toEqual({ held: [], pending: [] });
    await expect.poll(async () => (await from.admin('/requests')).json).toMatchObject([{ n: 1, status: 'gone' }]);
  });
});

test('behaviours can be combined, keep what they counted, and be switched off', async () => {
  await using from = await simulator({}, ['count-lies', 'short-pages:10', 'server-error:1']);
  expect((await from.get('/users')).status).toBe(500);
  await from.admin('/behaviours', { set: ['server-error:1', 'count-lies', 'short-pages:10'] });
  expect(page((await from.get('/users')).json)).toMatchObject({ count: 61, data: { length: 10 } });
  expect((await from.admin('/behaviours', { set: [] })).json).toEqual({ behaviours: [] });
  expect(page((await from.get('/users')).json)).toMatchObject({ count: 60, data: { length: 60 } });
  expect((await from.admin('/state')).json).toMatchObject({
    behaviours: [],
    knownBehaviours: { length: kinds.length },
  });
  for (const wrong of ['no-such', 'roles-403:1', 'slow:/users:x', 'count-lies:1:2']) {
    expect((await from.admin('/behaviours', { set: [wrong] })).status).toBe(422);
  }
});
