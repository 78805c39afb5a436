import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import type { buildConnector } from 'undici';
import connectorOf from 'undici/lib/core/connect.js';
import { destinationOf, guardDestination, guardedLookup, type AddressPolicy } from './address-guard.ts';
import { codeOf, ProxyFailure } from './failure.ts';
import { proxyFor, type ProxySettings } from './proxy.ts';

export interface ConnectOptions {
  target: URL;
  policy: AddressPolicy;
  /** Milliseconds. */
  timeout: number;
  /** PEM texts that are trusted beside the usual authorities. */
  ca: readonly string[];
  proxy: ProxySettings | undefined;
}

/** Makes the connections to one target: guarded, through its proxy if it has one, by HTTP/1.1. */
export function createConnector(options: ConnectOptions): buildConnector.connector {
  const { target, policy, timeout, ca } = options;
  const to = destinationOf(target);
  const proxy = proxyFor(target, options.proxy);
  const connect = connectorOf({
    timeout,
    allowH2: false,
    lookup: guardedLookup(policy, to),
    // One context for all connections: the usual authorities are some 150 certificates to parse.
    ...(ca.length === 0 || to.protocol !== 'https:' ? {} : { secureContext: trusting(ca) }),
  });
  return (asked, callback) => {
    try {
      guardDestination(policy, to);
    } catch (error) {
      return callback(error as Error, null);
    }
    if (proxy === undefined) return connect(asked, callback);
    tunnel(proxy, `${target.hostname}:${to.port}`, timeout).then(
      // The proxy looks the name up, so there is no address here that could be judged.
      (httpSocket) =>
        to.protocol === 'https:' ? connect({ ...asked, httpSocket }, callback) : callback(null, httpSocket),
      (error: unknown) => callback(error as Error, null),
    );
  };
}

/** The usual authorities and these. One that is damaged is left out: then its servers are not trusted. */
function trusting(ca: readonly string[]): SecureContext {
  const usual = getCACertificates('default');
  try {
    return createSecureContext({ ca: [...usual, ...ca] });
  } catch {
    return createSecureContext({ ca: [...usual, ...ca.filter(isCertificate)] });
  }
}

function isCertificate(pem: string): boolean {
  try {
    void new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}

/** A connection to `authority` through a proxy. @throws ProxyFailure */
async function tunnel(proxy: URL, authority: string, timeout: number): Promise<Socket> {
  // Not loaded where there is no proxy.
  const { request } = await (proxy.protocol === 'https:' ? import('node:https') : import('node:http'));
  const { username, password } = proxy;
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const failed = (detail: string, cause?: unknown): void => reject(new ProxyFailure(proxy.host, detail, cause));
  const asking = request({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : Number(proxy.port),
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...(username === '' ? {} : { 'proxy-authorization': `Basic ${login}` }) },
    agent: false,
    timeout,
  });
  asking.on('timeout', () => asking.destroy(Object.assign(new Error('too slow'), { code: 'ETIMEDOUT' })));
  asking.on('error', (error) => failed(codeOf(error), error));
  asking.on('response', (answer) => {
    answer.destroy();
    failed(String(answer.statusCode));
  });
  asking.on('connect', (answer, socket: Socket, head) => {
    if (answer.statusCode === 200) {
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    } else {
      socket.destroy();
      failed(String(answer.statusCode));
    }
  });
  asking.end();
  return await promise;
}
