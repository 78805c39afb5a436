import { request } from 'node:http';

import { describe, expect, test } from 'vitest';

import { fetchText, readPairs, simulator, token, truePairs, type Row } from './simulator.ts';

describe('the door', () => {
  test.each(['/state', '/users', '/roles', '/pairs', '/accounts', '/changes', '/requests', '/held'])(
    '%s needs the token',
    async (path) => {
      await using from = await simulator();
      const url = `${from.origin}/__admin${path}`;
      expect((await fetchText(url)).status).toBe(401);
      for (const wrong of ['Bearer x', `Bearer ${token}x`, token, `Basic ${token}`]) {
        expect((await fetchText(url, { headers: { authorization: wrong } })).status).toBe(401);
      }
      expect((await from.admin(path)).status).toBe(200);
    },
  );

  test('changes need the token, and do nothing without it', async () => {
    await using from = await simulator();
    const before = await truePairs(from);
    const body = JSON.stringify({ userId: from.tenant.at(0).id, role: 'super_admin' });
    const answer = await fetchText(`${from.origin}/__admin/promote`, { method: 'POST', body });
    expect(answer.status).toBe(401);
    expect(await truePairs(from)).toEqual(before);
  });

  test.each([
    ['its own address', {}, 200],
    ['its name localhost', { host: 'localhost:PORT' }, 200],
    ['its own page', { origin: 'http://127.0.0.1:PORT' }, 200],
    ['a name pointed at the loopback address', { host: 'rebound.example:PORT' }, 403],
    ['another port', { host: '127.0.0.1:1' }, 403],
    ['no port', { host: '127.0.0.1' }, 403],
    ['another site', { origin: 'https://elsewhere.example' }, 403],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['a file or sandbox', { origin: 'null' }, 403],
  ])('a request by way of %s', async (_, given, status) => {
    await using from = await simulator();
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value.replace('PORT', String(from.port))]),
    );
    for (const path of ['/state', '/']) expect(await statusOf(from.port, `/__admin${path}`, headers)).toBe(status);
  });
});

/** fetch does not let a caller choose the Host header. */
function statusOf(port: number, path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, agent: false, headers: { authorization: `Bearer ${token}`, ...headers } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    sent.on('error', reject).end();
  });
}

describe('changes', () => {
  test('show at once in the API, keep truth and API equal, and are logged with their times', async () => {
    await using from = await simulator();
    const [first, second, third] = [5, 6, 7].map((n) => from.tenant.at(n).id);
    const started = Date.now();
    const did = async (path: string, body: unknown): Promise<unknown> => (await from.admin(path, body)).json;

    expect(await did('/promote', { userId: first, role: 'red_team' })).toMatchObject({
      changed: true,
      user: { id: first },
    });
    const role = from.tenant.role('red_team')!;
    expect(await did('/promote', { userId: second, role: role.id })).toMatchObject({ changed: true });
    expect(await did('/promote', { userId: second, role: 'red_team' })).toMatchObject({ changed: false, change: null });
    expect(await did('/demote', { userId: first, role: 'red_team' })).toMatchObject({ changed: true });
    await did('/deactivate', { userId: second });
    await did('/rename', { userId: second, name: 'دانيال Ødegård' });
    await did('/delete', { userId: third });
    await did('/add', { name: null, email: 'new@example.org', roles: ['it_admin', 'user'], type: 'service_account' });

    expect((await from.get(`/users/${second}`)).json).toMatchObject({ is_active: false, name: 'دانيال Ødegård' });
    expect((await from.get(`/users/${third}`)).status).toBe(404);
    const newest = ((await from.get('/users?limit=1')).json as { data: Row[] }).data[0];
    expect(newest).toMatchObject({ email: 'new@example.org', name: null, is_active: true, type: 'service_account' });
    expect(newest?.roles?.map(({ slug }) => slug)).toEqual(['it_admin', 'user']);
    expect((await from.get('/users?limit=1')).json).toMatchObject({ count: 60 });
    expect(await readPairs(from, 25)).toEqual(await truePairs(from));

    const changes = (await from.admin('/changes')).json as { n: number; kind: string; at: string }[];
    expect(changes.map(({ kind }) => kind)).toEqual([
      'promote',
      'promote',
      'demote',
      'deactivate',
      'rename',
      'delete',
      'add',
    ]);
    expect(changes.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (const { at } of changes) {
      expect(Date.parse(at)).toBeGreaterThanOrEqual(started);
      expect(Date.parse(at)).toBeLessThanOrEqual(Date.now());
    }
    expect(await did('/reactivate', { userId: second })).toMatchObject({ user: { active: true } });
  });

  test.each([
    ['/promote', { userId: 'nobody', role: 'user' }, 404],
    ['/promote', { userId: 'AT0', role: 'no_such_role' }, 422],
    ['/promote', { userId: 'AT0' }, 422],
    ['/add', { name: 'X', email: 'x@example.com', roles: ['no_such_role'] }, 422],
    ['/add', { name: 'X', email: 'x@example.com', type: 'robot' }, 422],
    ['/add', { email: 'x@example.com' }, 422],
    ['/rename', { userId: 'nobody', name: 'X' }, 404],
    ['/hold', { n: 0 }, 422],
    ['/behaviours', { set: 'roles-403' }, 422],
    ['/no-such', {}, 404],
    ['/promote', [], 400],
  ])('%s %j is refused and changes nothing', async (path, body, status) => {
    await using from = await simulator();
    const before = await truePairs(from);
    const text = JSON.stringify(body).replace('AT0', from.tenant.at(0).id);
    const answer = await from.admin(path, undefined, { method: 'POST', body: text });
    expect(answer.status).toBe(status);
    expect(answer.json).toEqual({ error: expect.any(String) });
    expect([await truePairs(from), from.tenant.count, from.tenant.changes]).toEqual([before, 60, []]);
    // A refused addition leaves no gap.
    expect((await from.admin('/add', { name: 'Y', email: 'y@example.com' })).json).toMatchObject({
      user: { name: 'Y' },
    });
    expect((await from.get('/users')).json).toMatchObject({ count: 61 });
  });
});

test('users can be searched by name, mail address, id and role', async () => {
  await using from = await simulator({ users: 300 });
  const me = (await from.get('/users/me')).json as Row;
  const found = async (query: string): Promise<{ data: { id: string }[]; count: number }> =>
    (await from.admin(`/users?limit=5&query=${encodeURIComponent(query)}`)).json as {
      data: { id: string }[];
      count: number;
    };
  for (const query of [me.email, me.id, (me.name ?? '').toUpperCase()]) {
    expect((await found(query)).data.map(({ id }) => id)).toContain(me.id);
  }
  const holders = (await truePairs(from)).filter((pair) => pair.endsWith(from.tenant.role('super_admin')!.id));
  expect((await found('super_admin')).count).toBe(holders.length);
  expect((await found('Super Admin')).count).toBe(holders.length);
  expect(await found('nobody at all')).toEqual({ data: [], count: 0 });
  expect((await from.admin('/users?skip=298&limit=10')).json).toMatchObject({ count: 300, data: { length: 2 } });
});

test('pairs and accounts of a large tenant come as lines, too', async () => {
  await using from = await simulator({ users: 20_000 });
  const lines = (await from.admin('/pairs?format=ndjson')).text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual((await from.admin('/pairs')).json);
  expect((await from.admin('/accounts')).json).toHaveLength(20_000);
});

test('the page loads nothing from elsewhere and holds no token', async () => {
  await using from = await simulator();
  const page = await fetchText(`${from.origin}/__admin/`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  for (const [, path] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
    if (path?.startsWith('#')) continue;
    expect(path).toMatch(/^\/__admin\//);
    const part = await fetchText(from.origin + path);
    expect(part.status).toBe(200);
    expect(part.text).not.toContain(token);
  }
  expect(page.text).not.toContain(token);
});
