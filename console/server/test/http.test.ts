import { request } from 'node:http';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API_PREFIX, operations } from '@batonkit/console-contract';
import { systemClock } from '@batonkit/kernel';
import { createEvents } from '../src/events.ts';
import { liveEvents } from '../src/http/live-events.ts';
import { testConsole, type TestConsole } from './console.ts';

let console: TestConsole;
beforeAll(async () => {
  console = await testConsole();
});
afterAll(() => console[Symbol.asyncDispose]());

/** With headers that `fetch` would not send. */
function raw(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
  body = '',
): Promise<{ status: number; code: string }> {
  const { port } = new URL(console.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () => {
        const code = text.startsWith('{') ? ((JSON.parse(text) as { code?: string }).code ?? '') : '';
        resolve({ status: response.statusCode ?? 0, code });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('who may ask', () => {
  test('every operation but signing in needs a session', async () => {
    const id = 'a'.repeat(27);
    for (const [name, { method, path }] of Object.entries(operations)) {
      if (name === 'signIn' || name === 'signOut') continue;
      const answer = await fetch(`${console.url}${API_PREFIX}${path.replaceAll(/\{\w+\}/g, id)}`, {
        method: method.toUpperCase(),
      });
      expect([name, answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
        name,
        401,
        'BK-SESSION',
      ]);
    }
    for (const path of ['/events', '/openapi.json']) {
      const answer = await fetch(`${console.url}${API_PREFIX}${path}`);
      expect(answer.status).toBe(401);
      await answer.body?.cancel();
    }
  });

  test('a sign-in link works once', async () => {
    const token = new URL(console.signInLink).hash.replace('#token=', '');
    expect(await console.fails('signIn', { body: { token } })).toMatchObject({ status: 401, code: 'BK-SIGN-IN' });
    expect(await console.fails('signIn', { body: { token: 'guess' } })).toMatchObject({ code: 'BK-SIGN-IN' });
  });

  test('the cookie is out of reach of scripts and other sites', async () => {
    const other = await testConsole();
    try {
      const { headers } = await fetch(`${other.url}${API_PREFIX}/session`, {
        method: 'DELETE',
        headers: { cookie: other.cookie },
      });
      expect(headers.get('set-cookie')).toMatch(
        /^batonkit_session_\d+=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict$/i,
      );
      // Signed out is signed out, also for who has kept the cookie.
      expect(await other.fails('getSession')).toMatchObject({ status: 401 });
    } finally {
      await other[Symbol.asyncDispose]();
    }
  });

  test.each([
    ['a foreign host', { host: 'evil.example' }, 421, 'BK-HOST'],
    ['this address under another port', { host: '127.0.0.1:1' }, 421, 'BK-HOST'],
    ['a foreign origin', { origin: 'https://evil.example' }, 403, 'BK-ORIGIN'],
    ['no origin at all', { origin: 'null' }, 403, 'BK-ORIGIN'],
    ['another site by a link', { 'sec-fetch-site': 'cross-site' }, 403, 'BK-ORIGIN'],
  ])('a change that comes from %s is refused', async (_name, headers, status, code) => {
    const { host } = new URL(console.url);
    const all = { host, cookie: console.cookie, ...headers };
    expect(await raw(`${API_PREFIX}/session`, all, 'DELETE')).toEqual({ status, code });
    expect((await console.call('getSession')).user.name).toBe('Local administrator');
  });

  test('the same under its other loopback name is allowed', async () => {
    const host = new URL(console.url).host.replace('127.0.0.1', 'localhost');
    expect(await raw('/health', { host, origin: `http://${host}` })).toMatchObject({ status: 200 });
  });
});

describe('forms of requests', () => {
  const post = (type: string | undefined, body: string) =>
    console.fetch(`${API_PREFIX}/connectors`, {
      method: 'POST',
      body,
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
    });

  test.each([
    ['text/plain', '{}', 415, 'BK-REQUEST-TYPE'],
    ['application/x-www-form-urlencoded', 'a=1', 415, 'BK-REQUEST-TYPE'],
    ['application/json', '{', 400, 'BK-REQUEST-JSON'],
    ['application/json', '{"catalogId":1}', 400, 'BK-REQUEST'],
    ['application/json', `"${'x'.repeat(70_000)}"`, 413, 'BK-REQUEST-SIZE'],
  ])('%s, case %#: %i %s', async (type, body, status, code) => {
    const answer = await post(type, body);
    expect([answer.status, await answer.json()]).toMatchObject([status, { code, status }]);
  });

  test('a value that was sent is not repeated in a problem', async () => {
    const answer = await post('application/json', '{"catalogId":"rl_usr_pasted_here","ownerIds":"rl_usr_pasted_here"}');
    expect(await answer.text()).not.toContain('pasted');
  });

  test.each([
    ['/api/v1/nothing', 404, 'BK-API-PATH'],
    ['/api/v2/apps', 404, 'BK-API-PATH'],
    ['/api', 404, ''],
    ['/api/v1/connectors/not-an-id', 404, 'BK-NOT-FOUND'],
    [`/api/v1/connectors/${'a'.repeat(27)}`, 404, 'BK-NOT-FOUND'],
    [`/api/v1/apps/${'a'.repeat(27)}/accounts`, 404, 'BK-NOT-FOUND'],
    ['/api/v1/connectors?limit=1000', 400, 'BK-REQUEST'],
    ['/api/v1/connectors?cursor=made-up', 400, 'BK-CURSOR'],
  ])('%s gets %i %s', async (path, status, code) => {
    const answer = await console.fetch(path);
    expect(answer.status).toBe(status);
    if (code !== '') expect(await answer.json()).toMatchObject({ code });
  });

  test.each([
    ['asOf=0000-01-01', 400, 'BK-REQUEST'],
    ['asOf=0001-01-01T00:00:00%2B14:00', 400, 'BK-REQUEST'],
    ['asOf=9999-12-31T23:59:59-14:00', 400, 'BK-AS-OF'],
    // Taken for no parameter at all, it would show the present for the past.
    ['asof=2026-01-01', 400, 'BK-REQUEST'],
    ['asOf=2026-01-01&asOf=2026-01-02', 400, 'BK-REQUEST'],
    ['query=%00', 400, 'BK-REQUEST'],
  ])('of a list with %s: %i %s', async (query, status, code) => {
    const answer = await console.fetch(`${API_PREFIX}/apps/${'a'.repeat(27)}/accounts?${query}`);
    expect([answer.status, await answer.json()]).toMatchObject([status, { code }]);
  });

  test.each(['a\\u0000b', 'a\\ud800b'])('a text that cannot be stored as it is: %s', async (name) => {
    const answer = await console.fetch(`${API_PREFIX}/connectors/${'a'.repeat(27)}`, {
      method: 'PATCH',
      body: `{"name":"${name}"}`,
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'BK-REQUEST' }]);
  });

  test('a method that an address does not take is told, with those it takes', async () => {
    const answer = await console.fetch(`${API_PREFIX}/apps`, { method: 'DELETE' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
  });
});

test('live events end with the session that they were opened with', async () => {
  const events = createEvents();
  let isSignedIn = true;
  const stopping = new AbortController();
  const app = new Hono().get('/', (context) =>
    liveEvents(context, {
      events,
      clock: systemClock,
      isSignedIn: () => Promise.resolve(isSignedIn),
      stopping: stopping.signal,
    }),
  );
  const reader = (await app.request('/')).body?.getReader();
  const read = async (): Promise<string | undefined> => {
    const part = await reader?.read();
    return part?.done === false ? new TextDecoder().decode(part.value as Uint8Array) : undefined;
  };
  expect(await read()).toContain('event: ready');
  events.publish({ topic: 'app', id: 'a'.repeat(27) });
  expect(await read()).toContain('event: change');
  isSignedIn = false;
  events.publish({ topic: 'app', id: 'b'.repeat(27) });
  expect(await read()).toBeUndefined();
});

test('the document says which operations need no session', async () => {
  const document = (await (await console.fetch(`${API_PREFIX}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { operationId: string; security?: unknown[] }>>;
  };
  const all = Object.values(document.paths).flatMap((path) => Object.values(path));
  const open = all.filter(({ security }) => security?.length === 0).map(({ operationId }) => operationId);
  expect(open.sort()).toEqual(['signIn', 'signOut']);
});

test('the document describes every operation, and nothing twice', async () => {
  const document = (await (await console.fetch(`${API_PREFIX}/openapi.json`)).json()) as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  expect(document.openapi).toBe('3.1.0');
  const described = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map((each) => each.operationId),
  );
  expect(described.sort()).toEqual(Object.keys(operations).sort());
});

test('pages and answers say how they may be used', async () => {
  for (const path of ['/', `${API_PREFIX}/apps`, '/api/v1/nothing', '/sign-in']) {
    const { headers } = await console.fetch(path);
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  }
  expect((await console.fetch(`${API_PREFIX}/apps`)).headers.get('cache-control')).toBe('no-store');
});

test('the catalogue is what the program says of itself', async () => {
  const { items } = await console.call('listCatalog');
  expect(items).toMatchObject([
    {
      id: 'fixture',
      name: 'Fixture',
      version: '1.2.3',
      helpUrl: 'https://docs.example/fixture',
      resourceTypes: [
        { id: 'role', name: 'Role', sync: true, provision: false },
        { id: 'user', name: 'User', sync: true, provision: false },
      ],
      fields: [
        { name: 'base-url', label: 'Base URL' },
        { name: 'api-key', secret: true },
        { name: 'scenario', advanced: true },
        { name: 'headers', kind: 'map', secret: true },
        { name: 'accept', kind: 'list' },
        { name: 'reason', kind: 'text' },
      ],
    },
  ]);
});
