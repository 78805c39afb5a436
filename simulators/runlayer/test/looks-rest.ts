import { expect } from 'vitest';

import { bodyOf, header, rowsOf, statusOf, users, type Looks } from './raw.ts';
import { fetchText, readAll, type Simulator } from './simulator.ts';

const bearer = (from: Simulator): Promise<number> =>
  from
    .get('/users/me', null, { headers: { authorization: `Bearer ${from.tenant.keys.super_admin}` } })
    .then(({ status }) => status);

const everywhere =
  (status: number, detail: string) =>
  async (from: Simulator): Promise<void> => {
    for (const path of ['/users/me', '/users', '/roles'])
      expect(await from.get(path)).toMatchObject({ status, json: { detail } });
  };

/** Every fifth request gets 429; answers the fifth. */
const limited =
  (name: string, value: unknown) =>
  async (from: Simulator): Promise<void> => {
    for (let n = 1; n < 5; n++) expect(await statusOf(from, '/users/me')).toBe(200);
    const fifth = await from.get('/users/me');
    expect([fifth.status, header(fifth, name)]).toEqual([429, value]);
  };

const openapi = async (from: Simulator, path: string, key?: string): Promise<unknown> =>
  (await fetchText(from.origin + path, key ? { headers: { 'x-runlayer-api-key': key } } : {})).json;

export const restLooks: Looks = {
  async 'auth-header-only'(from) {
    expect([await statusOf(from, '/users/me'), await bearer(from)]).toEqual([200, 401]);
  },
  async 'auth-bearer-only'(from) {
    expect([await statusOf(from, '/users/me'), await bearer(from)]).toEqual([401, 200]);
  },
  async 'key-no-prefix'(from) {
    const { super_admin: key } = from.tenant.keys;
    expect((await from.get('/users/me', key.slice(3))).status).toBe(200);
    expect((await from.get('/users/me', `${key.slice(3)}x`)).status).toBe(401);
  },
  async 'credentials-403'(from) {
    expect(await from.get('/users', from.tenant.keys.invalid)).toMatchObject({
      status: 403,
      json: { detail: 'Could not validate credentials' },
    });
    expect((await from.get('/users', null)).status).toBe(401);
  },
  async 'no-health-check'(from) {
    expect(await statusOf(from, '/utils/health-check/')).toBe(404);
  },
  async 'openapi-base'(from) {
    expect(await openapi(from, '/api/v1/openapi.json')).toMatchObject({ paths: { '/api/v1/users': {} } });
    expect(await openapi(from, '/openapi.json')).toEqual({ detail: 'Not Found' });
  },
  async 'openapi-none'(from) {
    for (const path of ['/openapi.json', '/api/v1/openapi.json'])
      expect(await openapi(from, path)).toEqual({ detail: 'Not Found' });
  },
  async 'openapi-with-key'(from) {
    expect(await openapi(from, '/openapi.json')).toEqual({ detail: 'Not authenticated' });
    expect(await openapi(from, '/openapi.json', from.tenant.keys.super_admin)).toMatchObject({ openapi: '3.1.0' });
  },
  async 'me-id-only'(from) {
    expect(await bodyOf(from, '/users/me')).toEqual({ id: from.tenant.person(0)!.id });
  },
  async 'error-detail-object'(from) {
    expect((await from.get('/users', from.tenant.keys.deactivated)).json).toEqual({
      detail: { message: 'Inactive user', code: 400 },
    });
    expect((await from.get('/users?limit=x')).json).toMatchObject({ detail: [{ loc: ['query', 'limit'] }] });
  },
  async 'unknown-user-500'(from) {
    const path = '/users/3b241101-e2bb-4255-8caf-4136c566a962';
    expect(await from.get(path)).toMatchObject({ status: 500, text: 'Internal Server Error' });
  },
  'owner-inactive': everywhere(400, 'Inactive user'),
  'owner-deleted': everywhere(404, 'User not found'),
  'key-revoked': everywhere(401, 'Invalid API key'),
  async 'weak-403'(from) {
    expect((await from.get('/users', from.tenant.keys.weak)).status).toBe(403);
    expect(await statusOf(from, '/users')).toBe(200);
  },
  async narrowed(from) {
    const me = await bodyOf(from, '/users/me');
    expect(await bodyOf(from, '/users')).toEqual({ data: [me], count: 1 });
  },
  async 'users-403'(from) {
    expect([await statusOf(from, '/users'), await statusOf(from, '/roles')]).toEqual([403, 200]);
  },
  async 'roles-403'(from) {
    expect([await statusOf(from, '/users'), await statusOf(from, '/roles')]).toEqual([200, 403]);
  },
  async 'server-error'(from) {
    for (let n = 0; n < 7; n++) expect(await statusOf(from, '/users')).toBe(500);
  },
  'rate-limit': limited('retry-after', '1'),
  'rate-limit-date': limited('retry-after', expect.stringMatching(/ GMT$/)),
  'rate-limit-x': limited('x-ratelimit-reset', expect.stringMatching(/^\d{10}$/)),
  'rate-limit-ietf': limited('ratelimit-reset', '1'),
  'rate-limit-none': limited('retry-after', null),
  'rate-limit-long': limited('retry-after', '3600'),
  async 'wrong-content-type'(from) {
    const answer = await from.get('/users');
    expect([header(answer, 'content-type'), answer.json !== undefined]).toEqual(['text/html', true]);
  },
  async waf(from) {
    const answer = await from.get('/users');
    expect([answer.status, header(answer, 'content-type')]).toEqual([403, 'text/html']);
  },
  async 'truncated-json'(from) {
    const answer = await from.get('/users');
    expect([answer.status, answer.json, answer.text.startsWith('{"data":[')]).toEqual([200, undefined, true]);
  },
  async slow(from) {
    const first = await Promise.race([
      from.get('/users', undefined, { signal: AbortSignal.timeout(15_000) }).then(() => 'tenant'),
      from.admin('/state').then(() => 'admin'),
    ]);
    expect(first).toBe('admin');
  },
  async hold(from) {
    const waiting = from.get('/users');
    expect((await from.admin('/held?timeout=20000')).json).toMatchObject({ held: [{ n: 1 }] });
    await from.admin('/release', {});
    expect((await waiting).status).toBe(200);
  },
  async 'changes-between-passes'(from) {
    const first = await users(from);
    expect(await users(from)).not.toEqual(first);
    expect(await rowsOf(from, '/users?limit=1000')).toHaveLength(first.length);
    expect(await readAll(from, '/users', 20)).toHaveLength(first.length);
  },
};
