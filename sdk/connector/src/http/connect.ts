import type { buildConnector } from 'undici';
import connectorOf from 'undici/lib/core/connect.js';
import { destinationOf, guardDestination, guardedLookup, type AddressPolicy } from './address-guard.ts';
import { proxyFor, type ProxySettings } from './proxy.ts';
import { trusting } from './trusting.ts';
import { tunnel } from './tunnel.ts';

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
