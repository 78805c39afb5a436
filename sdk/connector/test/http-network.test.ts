import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import { connect, createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { seededRandom, VirtualClock } from '@batonkit/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createHttpClient,
  guestPolicy,
  headerFault,
  parseProxy,
  type HttpClientOptions,
  type NetworkSettings,
} from '../src/index.ts';
import { destinationOf } from '../src/http/address-guard.ts';
import { proxyFor } from '../src/http/proxy.ts';
import { failureOf, json, secret, served } from './served.ts';

const pem = (name: string): string =>
  readFileSync(new URL(`../../../tests/fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
const ca = [pem('authority')];
const portOf = (server: TcpServer): number => (server.address() as AddressInfo).port;

async function listening<T extends TcpServer>(server: T): Promise<T> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A server with one of the test certificates. */
const secure = (certificate: string): Promise<Server> =>
  listening(
    createServer({ key: pem('server-key'), cert: pem(certificate) }, (request, response) =>
      json(response, { key: request.headers['x-key'], extra: request.headers['cf-access-client-secret'] }),
    ),
  );

/** Asks once, with a client that is thrown away. */
async function ask(base: string, network: NetworkSettings, more: Partial<HttpClientOptions> = {}) {
  await using client = createHttpClient({
    baseUrl: new URL(base),
    headers: { 'x-key': secret },
    userAgent: 'test',
    clock: new VirtualClock(),
    random: seededRandom(1),
    observe: () => {},
    network,
    ...more,
  });
  return await client.get({ path: '/users/me', signal: new AbortController().signal });
}

let target: Server;
beforeAll(async () => {
  target = await secure('server');
});
afterAll(() => {
  target.closeAllConnections();
  target.close();
});

describe('TLS', () => {
  test('an authority of one’s own is trusted beside the usual ones', async () => {
    expect(await ask(`https://localhost:${portOf(target)}`, { ca })).toMatchObject({ ok: true, json: { key: secret } });
  });

  test('a damaged one beside it is left out', async () => {
    const damaged = '-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----';
    const answer = await ask(`https://localhost:${portOf(target)}`, { ca: [damaged, ...ca] });
    expect(answer.ok).toBe(true);
  });

  test('without it the certificate is not trusted, and that is not tried again', async () => {
    expect(await ask(`https://localhost:${portOf(target)}`, {})).toMatchObject({
      retries: 0,
      failure: { kind: 'network', reason: 'tls', tls: 'untrusted' },
    });
  });

  test.each([
    ['expired', 'expired'],
    ['other-name', 'name'],
  ])('a certificate that is %s says so', async (certificate, tls) => {
    const server = await secure(certificate);
    const answer = await ask(`https://localhost:${portOf(server)}`, { ca });
    server.close();
    expect(failureOf(answer)).toMatchObject({ reason: 'tls', tls });
  });

  test('a plain port is known as one', async () => {
    const server = await listening(createPlainServer());
    const answer = await ask(`https://localhost:${portOf(server)}`, { ca });
    server.close();
    expect(failureOf(answer)).toMatchObject({ reason: 'tls', tls: 'no-tls' });
  });
});

describe('a proxy', () => {
  /** Lets everything through to the target, whatever its name. */
  async function proxy(login?: string) {
    const seen: string[] = [];
    const server = createPlainServer();
    server.on('connect', (request, client) => {
      seen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
      if (login !== undefined && request.headers['proxy-authorization'] !== `Basic ${btoa(login)}`) {
        client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      const server = connect(portOf(target), '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
      server.on('error', () => client.destroy());
      client.on('error', () => server.destroy());
      server.pipe(client);
      client.pipe(server);
    });
    await listening(server);
    return {
      seen,
      url: new URL(`http://${login === undefined ? '' : `${login}@`}127.0.0.1:${portOf(server)}`),
      [Symbol.dispose]: () => void server.close(),
    };
  }

  test('is asked for a tunnel, gets to know no key, and needs to look up the name itself', async () => {
    using via = await proxy('me:password');
    const answer = await ask('https://target.example', { ca, proxy: { https: via.url } });
    expect(answer).toMatchObject({ ok: true, json: { key: secret } });
    expect(via.seen).toHaveLength(1);
    expect(via.seen[0]).toMatch(/^CONNECT target\.example:443 /);
    expect(via.seen[0]).not.toContain(secret);
  });

  test('that refuses is named, and the key goes nowhere', async () => {
    using via = await proxy('me:right');
    via.url.password = 'wrong';
    const answer = await ask('https://target.example', { ca, proxy: { https: via.url } });
    expect(answer).toMatchObject({
      retries: 0,
      failure: { kind: 'network', reason: 'proxy', host: via.url.host, detail: '407' },
    });
    expect(JSON.stringify(answer)).not.toContain('wrong');
  });

  test('that is not there, or does not answer, is told from a target that is not there', async () => {
    const silent = await listening(createTcpServer(() => {}));
    const { host, href } = new URL(`http://127.0.0.1:${portOf(silent)}`);
    const timeouts = { connect: 50 };
    const slow = await ask('https://target.example', { proxy: { https: new URL(href) } }, { timeouts });
    expect(failureOf(slow)).toMatchObject({ reason: 'proxy', host, detail: 'ETIMEDOUT' });
    silent.close();
    const gone = await ask('https://target.example', { proxy: { https: new URL(href) } });
    expect(failureOf(gone)).toMatchObject({ reason: 'proxy', host, detail: 'ECONNREFUSED' });
  });

  test('is never used for this machine', async () => {
    const nowhere = new URL('http://127.0.0.1:1');
    const answer = await ask(`https://localhost:${portOf(target)}`, { ca, proxy: { https: nowhere, http: nowhere } });
    expect(answer.ok).toBe(true);
  });

  const https = new URL('http://proxy:3128');
  test.each([
    ['https://a.example', '', true],
    ['http://a.example', '', false],
    ['https://a.example', '*', false],
    ['https://a.example', 'b.example, a.example', false],
    ['https://x.a.example', 'a.example', false],
    ['https://x.a.example', '.a.example', false],
    ['https://a.example', '*.a.example', true],
    ['https://x.a.example', '*.a.example', false],
    ['https://xa.example', 'a.example', true],
    ['https://A.example.', 'a.EXAMPLE', false],
    ['https://a.example', 'a.example:443', false],
    ['https://a.example:8443', 'a.example:443', true],
    ['https://[fd00::1]', 'fd00::1', false],
    ['https://[fd00::1]:8443', '[fd00::1]:8443', false],
    ['https://10.1.2.3', '10.1.2.3', false],
    ['https://127.0.0.1', '', false],
  ])('%s, except %j: %s', (url, except, isProxied) => {
    expect(proxyFor(new URL(url), { https, except }) !== undefined).toBe(isProxied);
  });

  test.each([
    ['http://u:p@host:3128', 'http://u:p@host:3128/'],
    ['host:3128', 'http://host:3128/'],
    ['https://host', 'https://host/'],
    ['socks5://host:1080', undefined],
    ['http://', undefined],
  ])('%s is read as %s', (text, href) => expect(parseProxy(text)?.href).toBe(href));
});

describe('the address guard', () => {
  test('sees each address that a name leads to, and the key is not sent to one that is refused', async () => {
    const asked: (string | undefined)[] = [];
    await using from = await served((_, response) => json(response, {}), {
      network: {
        policy: ({ address }) => {
          asked.push(address);
          return address === undefined;
        },
      },
    });
    const { port } = from.client.baseUrl;
    expect(failureOf(await from.get())).toMatchObject({ kind: 'network', reason: 'address' });
    const byName = await ask(`http://localhost:${port}`, { policy: ({ address }) => address === undefined });
    expect(byName).toMatchObject({ retries: 0, failure: { reason: 'address' } });
    expect(from.seen).toEqual([]);
    expect(asked).toContain('127.0.0.1');
  });

  test('is asked again for each request, retry and redirect, also on an open connection', async () => {
    let isAllowed = true;
    const policy = (): boolean => isAllowed;
    await using from = await served(
      (request, response, n) => {
        isAllowed = n < 2;
        if (request.url?.endsWith('/redirected') === true)
          response.writeHead(307, { location: `${request.url}/` }).end();
        else json(response, {}, n === 1 ? 200 : 503);
      },
      { network: { policy } },
    );
    expect((await from.get()).ok).toBe(true);
    expect(failureOf(await from.get())).toMatchObject({ reason: 'address' });
    expect(from.seen).toHaveLength(2);
    isAllowed = true;
    expect(failureOf(await from.get('/redirected'))).toMatchObject({ reason: 'address' });
    expect(from.seen).toHaveLength(3);
  });

  const near: [string, string, string?][] = [
    ['http://127.0.0.1:8080', 'refused'],
    ['http://127.0.0.1:8081', 'allowed'],
    ['http://localhost:8081', 'refused'],
    ['https://127.0.0.1:8081', 'refused'],
    ['https://[::1]', 'refused'],
    ['https://localhost.', 'refused'],
    ['https://169.254.169.254', 'refused'],
    ['https://acme.example', 'allowed', '93.184.216.34'],
    ['https://acme.example', 'allowed', '10.0.0.7'],
    ['https://acme.example', 'refused', '127.0.0.1'],
    ['https://acme.example:8081', 'refused', '127.0.0.1'],
    ['https://acme.example', 'refused', '::1'],
    ['https://acme.example', 'refused', '0.0.0.0'],
    ['https://acme.example', 'refused', '::ffff:169.254.169.254'],
    ['https://acme.example', 'refused', '::ffff:7f00:1'],
    ['https://acme.example', 'refused', 'fe80::1'],
    ['http://acme.example', 'refused', '93.184.216.34'],
  ];
  test.each(near)('of a child: %s is %s (%s)', (url, verdict, address) => {
    const to = { ...destinationOf(new URL(url)), ...(address === undefined ? {} : { address }) };
    expect(guestPolicy(['http://127.0.0.1:8081'])(to)).toBe(verdict === 'allowed');
  });

  test('can allow what the default does not', async () => {
    const policy = (): boolean => true;
    expect(failureOf(await ask('http://no-such-host.invalid', { policy }))).toMatchObject({ reason: 'dns' });
  });
});

describe('headers that a person configured', () => {
  test('go with every request, beside the connector’s own', async () => {
    const extraHeaders = { 'CF-Access-Client-Secret': 'of the proxy' };
    const answer = await ask(`https://localhost:${portOf(target)}`, { ca }, { extraHeaders });
    expect(answer).toMatchObject({ ok: true, json: { key: secret, extra: 'of the proxy' } });
  });

  test.each<[Record<string, string>, string | undefined]>([
    [{ 'X-Access': 'ä' }, undefined],
    [{ 'X-Key': 'v' }, 'is set by the connector itself'],
    [{ Host: 'v' }, 'belongs to the connection'],
    [{ 'content-length': '1' }, 'belongs to the connection'],
    [{ A: '1', a: '2' }, 'stands there twice'],
    [{ 'a b': 'v' }, 'has a name that no header can have'],
    [{ a: 'one\r\nx-key: other' }, 'has a value with characters that no header can have'],
  ])('%j', async (headers, fault) => {
    expect(headerFault(headers, ['x-key'])?.fault).toBe(fault);
    if (fault !== undefined) await expect(served(() => {}, { extraHeaders: headers })).rejects.toThrow(RangeError);
  });
});
