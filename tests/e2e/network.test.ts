import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createProxy, type Server } from 'node:http';
import { createServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectorProgram } from '../support/console.ts';
import { inRepository, runProgram } from '../support/program.ts';

const pem = (name: string): string => inRepository(`tests/fixtures/tls/${name}.pem`);
const key = 'rl_key-of-a-test';
const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

/** What the instance saw, and what the proxy saw. */
const seen: (string | string[] | undefined)[] = [];
const asked: (string | undefined)[] = [];
// An instance behind a private authority, whose name only the proxy can find.
const instance = createServer(
  { key: readFileSync(pem('server-key')), cert: readFileSync(pem('server')) },
  (request, response) => {
    seen.push(request.headers['x-runlayer-api-key'], request.headers['x-access']);
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"detail":"No such key"}');
  },
);
const proxy: Server = createProxy();
proxy.on('connect', (request, client) => {
  asked.push(request.url);
  if (request.headers['proxy-authorization'] !== `Basic ${btoa('me:pass word')}`) {
    client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    return;
  }
  const through = connect(portOf(instance), '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
  for (const socket of [through, client]) socket.on('error', () => [through, client].map((one) => one.destroy()));
  through.pipe(client).pipe(through);
});

let folder = '';
beforeAll(async () => {
  for (const server of [instance, proxy]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
});
afterAll(() => {
  for (const server of [instance, proxy]) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'network-'));
  seen.length = 0;
  asked.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (env: Record<string, string>) =>
  runProgram(
    [connectorProgram, '--progress', 'plain'],
    { BATON_BASE_URL: 'https://target.example', BATON_API_KEY: key, ...env },
    folder,
  );
const proxyWith = (login: string): string => `http://${login}@127.0.0.1:${portOf(proxy)}`;

describe('an instance behind a proxy and a private authority', () => {
  test('is reached with both, and with the headers that its access proxy wants', async () => {
    const { code, errors } = await run({
      HTTPS_PROXY: proxyWith('me:pass%20word'),
      SSL_CERT_FILE: pem('authority'),
      BATON_EXTRA_HEADERS: '{"x-access":"granted"}',
    });
    // The key is refused there: by the instance itself, with its own words for it.
    expect(code).toBe(16);
    expect(errors).toContain('RL-AUTH-401');
    expect(seen.slice(0, 2)).toEqual([key, 'granted']);
    expect(new Set(asked)).toEqual(new Set(['target.example:443']));
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each<[string, string, () => Record<string, string>]>([
    ['without the authority', 'RL-NET-TLS', () => ({ HTTPS_PROXY: proxyWith('me:pass%20word') })],
    ['with another password', 'RL-NET-PROXY', () => ({ HTTPS_PROXY: proxyWith('me:canary') })],
    ['without the proxy', 'RL-NET-DNS', () => ({ NO_PROXY: '*', HTTPS_PROXY: proxyWith('me:pass%20word') })],
  ])('%s it is not, the key goes nowhere, and %s says why', async (_name, text, env) => {
    const { code, errors, out } = await run(env());
    expect(code).toBe(14);
    expect(errors).toContain(text);
    expect(errors + out).not.toContain('canary');
    expect(seen).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
