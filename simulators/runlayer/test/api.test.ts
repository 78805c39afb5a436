import { describe, expect, test } from 'vitest';

import { fetchText, simulator, type Row } from './simulator.ts';

const kinds = [
  'super_admin',
  'helpdesk',
  'security_admin',
  'weak',
  'organisation',
  'deactivated',
  'invalid',
  'none',
] as const;

describe('keys', () => {
  const all = {
    super_admin: 200,
    helpdesk: 200,
    security_admin: 200,
    organisation: 403,
    deactivated: 400,
    invalid: 401,
    none: 401,
  };
  test.each([
    ['/users/me', { ...all, weak: 200 }],
    ['/users', { ...all, weak: 200 }],
    ['/users/OTHER', { ...all, weak: 403 }],
    ['/users/OTHER/roles', { ...all, weak: 403 }],
    ['/roles', { ...all, weak: 403 }],
    ['/roles/ROLE', { ...all, weak: 403 }],
    ['/utils/health-check/', Object.fromEntries(kinds.map((kind) => [kind, 200]))],
  ])('%s', async (path, expected) => {
    await using from = await simulator({ assignments: 'per-user' });
    const { tenant } = from;
    const real = path.replace('OTHER', tenant.at(0).id).replace('ROLE', tenant.roles[0]!.id);
    const statuses: Record<string, number> = {};
    for (const kind of kinds) {
      const { status, json } = await from.get(real, kind === 'none' ? null : tenant.keys[kind]);
      statuses[kind] = status;
      if (status >= 400) expect(json).toEqual({ detail: expect.any(String) });
    }
    expect(statuses).toEqual(expected);
  });

  test('of a plain User sees a list of itself, with its own count', async () => {
    await using from = await simulator();
    const { weak } = from.tenant.keys;
    const me = (await from.get('/users/me', weak)).json as Row;
    expect(me.roles?.map((role) => role.slug)).toEqual(['user']);
    expect((await from.get('/users?limit=1000', weak)).json).toEqual({ data: [me], count: 1 });
    expect((await from.get(`/users/${me.id}`, weak)).json).toEqual(me);
  });

  test('follow the rights that their owner has at the moment', async () => {
    await using from = await simulator();
    const { helpdesk } = from.tenant.keys;
    const me = (await from.get('/users/me', helpdesk)).json as Row;
    await from.admin('/demote', { userId: me.id, role: 'helpdesk' });
    expect((await from.get('/roles', helpdesk)).status).toBe(403);
    expect((await from.get('/users', helpdesk)).json).toMatchObject({ count: 1 });
    await from.admin('/deactivate', { userId: me.id });
    expect(await from.get('/users/me', helpdesk)).toMatchObject({ status: 400, json: { detail: 'Inactive user' } });
    await from.admin('/delete', { userId: me.id });
    expect(await from.get('/users', helpdesk)).toMatchObject({ status: 404, json: { detail: 'User not found' } });
  });

  test('work as bearer token, too', async () => {
    await using from = await simulator();
    const answer = await from.get('/users/me', null, {
      headers: { authorization: `Bearer ${from.tenant.keys.super_admin}` },
    });
    expect(answer.status).toBe(200);
  });
});

describe('paging', () => {
  test('gives 100 rows unless asked, the real count everywhere, and empty pages beyond the end', async () => {
    await using from = await simulator({ users: 130 });
    const lengthOf = async (query: string): Promise<[number, number]> => {
      const { data, count } = (await from.get(`/users${query}`)).json as { data: unknown[]; count: number };
      return [data.length, count];
    };
    expect(await lengthOf('')).toEqual([100, 130]);
    expect(await lengthOf('?skip=100')).toEqual([30, 130]);
    expect(await lengthOf('?skip=130')).toEqual([0, 130]);
    expect(await lengthOf('?skip=9999999999999999999999')).toEqual([0, 130]);
    expect(await lengthOf('?limit=0')).toEqual([0, 130]);
    expect(await lengthOf('?limit=5&limit=7&unknown=1')).toEqual([7, 130]);
  });

  test.each([
    ['skip=-1', 'skip', 'greater_than_equal'],
    ['limit=-5', 'limit', 'greater_than_equal'],
    ['limit=abc', 'limit', 'int_parsing'],
    ['limit=', 'limit', 'int_parsing'],
    ['skip=1.5', 'skip', 'int_parsing'],
    ['limit=201', 'limit', 'less_than_equal'],
  ])('refuses %s', async (query, name, type) => {
    await using from = await simulator({ maxLimit: 200 });
    for (const path of ['/users', '/roles']) {
      const answer = await from.get(`${path}?${query}`);
      expect(answer.status).toBe(422);
      expect(answer.json).toMatchObject({ detail: [{ loc: ['query', name], type, msg: expect.any(String) }] });
    }
    expect((await from.get(`/users?${query}`, null)).status).toBe(401);
    expect((await from.get('/users?limit=200')).status).toBe(200);
  });
});

describe('paths', () => {
  test('that the API does not have are 404, other methods 405, and all are counted', async () => {
    await using from = await simulator();
    for (const path of ['/nothing', '/fga/roles', '/users/1/2/3']) {
      expect(await from.get(path)).toMatchObject({ status: 404, json: { detail: 'Not Found' } });
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await from.get('/users', undefined, { method });
      expect(answer).toMatchObject({ status: 405, json: { detail: 'Method Not Allowed' } });
      expect(answer.headers.get('allow')).toBe('GET');
    }
    const { json } = await from.admin('/state');
    expect(json).toMatchObject({ requests: { total: 7, byMethod: { GET: 3, POST: 1, PUT: 1, PATCH: 1, DELETE: 1 } } });
  });

  test('outside of the API are the web page at 200', async () => {
    await using from = await simulator();
    for (const path of ['/', '/users', '/v1/users', '/apiv1/users', '/api-v1']) {
      const answer = await fetchText(from.origin + path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain('text/html');
      expect(answer.text.trimStart().startsWith('<')).toBe(true);
    }
    for (const path of ['/api/', '/api/v2/users', '/api/v1/openapi.json', '/docs']) {
      expect((await fetchText(from.origin + path)).json).toEqual({ detail: 'Not Found' });
    }
  });

  test.each([
    ['/users/?skip=1&limit=2', '/users?skip=1&limit=2'],
    ['/users/me/', '/users/me'],
    ['/utils/health-check', '/utils/health-check/'],
  ])('with a slash too many or too few go to the other form: %s', async (path, other) => {
    await using from = await simulator();
    const answer = await from.get(path, null);
    expect([answer.status, answer.text]).toEqual([307, '']);
    expect(answer.headers.get('location')).toBe(`${from.origin}/api/v1${other}`);
  });

  test('name users and roles by UUID', async () => {
    await using from = await simulator();
    const unknown = '3b241101-e2bb-4255-8caf-4136c566a962';
    for (const path of ['/users/', '/roles/']) {
      expect((await from.get(`${path}${unknown}`)).status).toBe(404);
      expect(await from.get(`${path}someone`)).toMatchObject({
        status: 422,
        json: { detail: [{ type: 'uuid_parsing' }] },
      });
    }
    expect((await from.get(`/users/${unknown}/roles`)).status).toBe(404);
    expect((await from.get(`/users/${from.tenant.at(3).id.toUpperCase()}`)).json).toMatchObject({
      id: from.tenant.at(3).id,
    });
  });
});

test('the request log names path template, key kind, status and times, and never a key', async () => {
  await using from = await simulator();
  await from.get(`/users/${from.tenant.at(0).id}?x=1`);
  await from.get('/roles', from.tenant.keys.weak);
  const { json, text } = await from.admin('/requests');
  expect(json).toMatchObject([
    { n: 1, method: 'GET', template: '/users/{id}', search: '?x=1', key: 'super_admin', status: 200 },
    { n: 2, method: 'GET', template: '/roles', key: 'weak', status: 403 },
  ]);
  for (const { at, answeredAt } of json as { at: string; answeredAt: string }[]) {
    expect(Date.parse(answeredAt)).toBeGreaterThanOrEqual(Date.parse(at));
  }
  expect(text).not.toContain('rl_');
  expect((await from.admin('/requests?after=1')).json).toHaveLength(1);
});
