import { seededRandom, VirtualClock } from '@batonkit/kernel';
import { describe, expect, test } from 'vitest';
import { createHttpClient, headerFault, type HttpClient } from '../src/index.ts';
import { redirectTarget } from '../src/http/redirect.ts';
import { retryAfter } from '../src/http/retry-after.ts';
import { failureOf, json, secret, served } from './served.ts';

describe('a request', () => {
  test('is a GET below the base URL with its header, values encoded, and answers JSON with its times', async () => {
    await using from = await served((_, response) => json(response, { data: [1, 2] }));
    const answer = await from.get('/users/{id}/roles', {
      values: { id: 'a/b ?ü' },
      query: () => ({ skip: 0, limit: undefined }),
      countRows: (value) => (value as { data: unknown[] }).data.length,
    });
    expect(answer).toMatchObject({ ok: true, json: { data: [1, 2] }, retries: 0 });
    expect(from.seen).toEqual([
      { method: 'GET', url: '/api/v1/users/a%2Fb%20%3F%C3%BC/roles?skip=0', key: secret, accept: 'application/json' },
    ]);
    expect(from.events).toMatchObject([{ path: '/users/{id}/roles', status: 200, rows: 2, attempt: 1, skip: 0 }]);
  });

  test('asks caches on the way for what the source says now', async () => {
    await using from = await served((request, response) => json(response, { asked: request.headers['cache-control'] }));
    expect(await from.get()).toMatchObject({ ok: true, json: { asked: 'no-cache' } });
    expect(headerFault({ 'Cache-Control': 'max-age=60' })).toMatchObject({ name: 'Cache-Control' });
  });

  test.each(['', '.', '..'])('never walks up a path by a value (%j)', async (id) => {
    await using from = await served((_, response) => json(response, {}));
    await expect(from.get('/users/{id}/roles', { values: { id } })).rejects.toThrow(RangeError);
    expect(from.seen).toEqual([]);
  });

  test('plain http goes to this machine only', () => {
    const make = (base: string): HttpClient =>
      createHttpClient({
        baseUrl: new URL(base),
        headers: {},
        userAgent: '',
        clock: new VirtualClock(),
        random: seededRandom(1),
        observe: () => {},
      });
    for (const base of [
      'http://10.0.0.1/',
      'http://127.0.0.1.example.com/',
      'http://localhost.example/',
      'ftp://127.0.0.1/',
    ]) {
      expect(() => make(base)).toThrow(RangeError);
    }
    for (const base of ['https://10.0.0.1/', 'http://[::1]:8080/', 'http://localhost/', 'http://127.1.2.3/'])
      make(base);
  });

  test('stops with the reason of its signal, also while it waits for the next try', async () => {
    const abort = new AbortController();
    await using from = await served((_, response) => {
      abort.abort(new Error('enough'));
      json(response, {}, 503);
    });
    await expect(from.get('/things', { signal: abort.signal })).rejects.toThrow('enough');
    expect(from.seen).toHaveLength(1);
  });
});

describe('an answer that is no JSON', () => {
  const deep = (levels: number): string => `${'['.repeat(levels)}"]\\"["${']'.repeat(levels)}`;
  test.each<[string, string, string | Buffer, object]>([
    ['a web page', 'text/html; charset=utf-8', '<!doctype html>', { kind: 'html' }],
    ['a web page that calls itself JSON', 'application/json', '\ufeff\n <html>', { kind: 'html' }],
    ['another type', 'text/plain', '{}', { kind: 'not-json', contentType: 'text/plain' }],
    ['JSON that breaks off', 'application/json', '{"data": [', { kind: 'bad-json', reason: 'broken' }],
    ['nothing', 'application/json', '', { kind: 'bad-json', reason: 'broken' }],
    [
      'bytes that are no UTF-8',
      'application/json',
      Buffer.from([0x22, 0xff, 0x22]),
      { kind: 'bad-json', reason: 'broken' },
    ],
    ['null', 'application/json', 'null', { kind: 'bad-json', reason: 'null' }],
    ['65 levels', 'application/json', deep(65), { kind: 'bad-json', reason: 'too-deep' }],
    ['more than the cap', 'application/json', JSON.stringify('x'.repeat(2000)), { kind: 'too-large', bytes: 1000 }],
  ])('%s is a failure, tried once', async (_, type, body, failure) => {
    await using from = await served((_, response) => response.writeHead(200, { 'content-type': type }).end(body), {
      maxBodyBytes: 1000,
    });
    expect(failureOf(await from.get())).toEqual(failure);
    expect(from.seen).toHaveLength(1);
  });

  test('64 levels and other JSON types pass', async () => {
    await using from = await served((_, response) =>
      response.writeHead(200, { 'content-type': 'application/problem+json' }).end(deep(64)),
    );
    expect((await from.get()).ok).toBe(true);
  });

  test('what a server says of an error is cut, cleaned, and never the input that it quotes', async () => {
    const details = [
      'plain',
      { message: 'in an object' },
      [{ loc: ['query', 'limit'], msg: 'too much', input: secret }, { msg: 'more' }],
      'line\u001b[2J\nbreak\u202e',
      'x'.repeat(500),
      7,
    ];
    await using from = await served((_, response, n) => json(response, { detail: details[n - 1] }, 422));
    const texts = [];
    for (let n = 0; n < details.length; n++) {
      const failure = failureOf(await from.get());
      texts.push(failure?.kind === 'status' ? failure.detail : failure);
    }
    expect(texts).toEqual([
      'plain',
      'in an object',
      'query.limit: too much; more',
      'line [2J break',
      `${'x'.repeat(200)}…`,
      undefined,
    ]);
  });
});

describe('the retry layer', () => {
  test('tries 5 times, with pauses that grow and have jitter, and tells each try', async () => {
    await using from = await served((_, response) => json(response, { detail: 'no' }, 500));
    expect(await from.get()).toMatchObject({
      ok: false,
      retries: 4,
      failure: { kind: 'status', status: 500, detail: 'no' },
    });
    expect(from.seen).toHaveLength(5);
    expect(from.events.map(({ attempt, status }) => [attempt, status])).toEqual([1, 2, 3, 4, 5].map((n) => [n, 500]));
    const { slept } = from.clock;
    expect(slept).toHaveLength(4);
    for (const [n, pause] of slept.entries()) expect(pause).toBeLessThanOrEqual(500 * 2 ** n);
    expect(from.events.map(({ waitMs }) => waitMs)).toEqual([...slept, undefined]);
  });

  test.each([400, 401, 403, 404, 405, 409, 422, 501])('%i is an answer and not tried again', async (status) => {
    await using from = await served((_, response) => json(response, {}, status));
    expect(failureOf(await from.get())).toMatchObject({ kind: 'status', status });
    expect(from.seen).toHaveLength(1);
  });

  test.each([408, 429, 500, 502, 503, 504])('%i heals', async (status) => {
    await using from = await served((_, response, n) =>
      n < 3 ? json(response, {}, status) : json(response, { fine: true }),
    );
    expect(await from.get()).toMatchObject({ ok: true, retries: 2, json: { fine: true } });
  });

  test('waits as long as the server asks, up to 15 minutes; a longer wait is an error now', async () => {
    await using from = await served((_, response, n) =>
      json(response, {}, n === 1 ? 429 : 200, n === 1 ? { 'retry-after': '600' } : {}),
    );
    expect((await from.get()).ok).toBe(true);
    expect(from.clock.slept).toEqual([600_000]);
    await using far = await served((_, response) => json(response, {}, 503, { 'retry-after': '901' }));
    expect(failureOf(await far.get())).toEqual({ kind: 'wait-too-long', seconds: 901, status: 503 });
    expect(far.seen).toHaveLength(1);
  });

  test('gives up after 15 minutes without an answer, though tries are left', async () => {
    await using from = await served((_, response) => json(response, {}, 429, { 'retry-after': '400' }));
    expect(failureOf(await from.get())).toEqual({ kind: 'no-progress', minutes: 15 });
    expect(from.seen).toHaveLength(3);
  });

  test('the next try may ask for less', async () => {
    await using from = await served((_, response, n) => (n < 3 ? json(response, {}, 500) : json(response, {})));
    const answer = await from.get('/things', {
      query: (attempt, last) => ({ limit: last === undefined ? 1000 : 1000 / attempt }),
    });
    expect(answer).toMatchObject({ ok: true, query: { limit: 1000 / 3 } });
    expect(from.seen.map(({ url }) => new URL(url ?? '', 'http://x').searchParams.get('limit'))).toEqual([
      '1000',
      '500',
      String(1000 / 3),
    ]);
  });

  test('connections that break, bodies that are cut, and silence are tried again', async () => {
    await using from = await served(
      (request, response, n) => {
        if (n === 1) request.socket.destroy();
        else if (n === 2) {
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
          response.write('{"a":');
          setImmediate(() => request.socket.destroy());
        } else if (n === 4) json(response, { fine: true });
      },
      { timeouts: { firstByte: 200 } },
    );
    expect(await from.get()).toMatchObject({ ok: true, retries: 3 });
  });

  test('a body that trickles ends at the total time-out', async () => {
    await using from = await served(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
      { timeouts: { total: 120 } },
    );
    expect(failureOf(await from.get())).toMatchObject({ kind: 'network', reason: 'timeout' });
    expect(from.seen).toHaveLength(5);
  });

  test('nobody there, and a name that does not exist, are told apart', async () => {
    const probe = await served((_, response) => json(response, {}));
    const { baseUrl } = probe.client;
    await probe[Symbol.asyncDispose]();
    await using refused = await served(() => {}, { baseUrl });
    expect(failureOf(await refused.get())).toMatchObject({ kind: 'network', reason: 'refused', host: baseUrl.host });
    await using unknown = await served(() => {}, { baseUrl: new URL('https://no-such-host.invalid/') });
    expect(failureOf(await unknown.get())).toMatchObject({
      kind: 'network',
      reason: 'dns',
      host: 'no-such-host.invalid',
    });
  });

  test('429 halves what runs at once', async () => {
    let running = 0;
    let most = 0;
    let refused = 0;
    await using from = await served((_, response) => {
      running++;
      setTimeout(() => {
        running--;
        if (refused < 4 && ++refused > 0) json(response, {}, 429, { 'retry-after': '1' });
        else {
          most = Math.max(most, running + 1);
          json(response, {});
        }
      }, 10);
    });
    await Promise.all(Array.from({ length: 4 }, () => from.get()));
    // One at a time at first, and one more after a round that went well.
    expect(most).toBeLessThanOrEqual(2);
    most = 0;
    await Promise.all(Array.from({ length: 40 }, () => from.get()));
    expect(most).toBe(4);
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 24, 8, 0, 0);
  test.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['1.5', 1500],
    ['Tue, 24 Nov 2026 08:00:05 GMT', 5000],
    ['Tuesday, 24-Nov-26 08:01:00 GMT', 60_000],
    ['Tue Nov 24 08:00:09 2026', 9000],
    ['2026-11-24T10:00:10+02:00', 10_000],
    ['Tue, 24 Nov 2026 07:00:00 GMT', 0],
    ['soon', undefined],
    ['-1', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j', (value, wait) => expect(retryAfter(value, now)).toBe(wait));
});

describe('redirects', () => {
  const from = new URL('https://host.example/api/v1/users?skip=0');
  test.each([
    ['https://host.example/api/v1/users/?skip=0', '/api/v1/users/'],
    ['/api/v1/users/?skip=0', '/api/v1/users/'],
    ['http://host.example/api/v1/users/?skip=0', '/api/v1/users/'],
    ['https://other.example/api/v1/users/?skip=0', 'other-host'],
    ['https://host.example:8443/api/v1/users/?skip=0', 'other-host'],
    ['http://host.example:8080/api/v1/users/?skip=0', 'other-host'],
    ['https://key@host.example/api/v1/users/?skip=0', 'other-host'],
    ['https://host.example/api/v2/users/?skip=0', 'other-path'],
    ['https://host.example/api/v1/users/', 'other-path'],
    ['https://host.example/api/v1/users?skip=0', 'other-path'],
    ['ftp://host.example/api/v1/users/?skip=0', 'insecure'],
    ['http://[', 'no-target'],
    [undefined, 'no-target'],
  ])('to %s', (location, result) => {
    const target = redirectTarget(from, 307, location);
    expect(typeof target === 'string' ? target : target.reason).toBe(result);
  });

  test('on plain http it stays plain http', () => {
    const local = new URL('http://127.0.0.1:80/users');
    expect(redirectTarget(local, 307, 'https://127.0.0.1/users/')).toMatchObject({ reason: 'insecure' });
  });

  test('one to the slash form is followed once and remembered; a second is an error', async () => {
    await using slash = await served((request, response) =>
      request.url?.startsWith('/api/v1/users/') === true
        ? json(response, { fine: true })
        : response.writeHead(307, { location: '/api/v1/users/?skip=3' }).end(),
    );
    const query = (): { skip: number } => ({ skip: 3 });
    expect((await slash.get('/users', { query })).ok).toBe(true);
    expect((await slash.get('/users', { query })).ok).toBe(true);
    expect(slash.seen.map(({ url }) => url)).toEqual([
      '/api/v1/users?skip=3',
      '/api/v1/users/?skip=3',
      '/api/v1/users/?skip=3',
    ]);
    await using loop = await served((_, response, n) =>
      response.writeHead(308, { location: n % 2 === 1 ? '/api/v1/users/' : '/api/v1/users' }).end(),
    );
    expect(failureOf(await loop.get('/users'))).toEqual({ kind: 'redirect', status: 308, reason: 'twice' });
  });

  test('one to another host never takes the key there', async () => {
    await using elsewhere = await served((_, response) => json(response, {}));
    await using from = await served((_, response) =>
      response.writeHead(302, { location: `${elsewhere.client.baseUrl.href}/users/` }).end(),
    );
    expect(failureOf(await from.get('/users'))).toMatchObject({ kind: 'redirect', reason: 'other-host' });
    expect(elsewhere.seen).toEqual([]);
  });
});
