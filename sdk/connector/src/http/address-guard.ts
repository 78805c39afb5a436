import { lookup, type LookupAddress } from 'node:dns';
import { isIP, isIPv4, type LookupFunction } from 'node:net';
import { AddressRefused } from './failure.ts';

/** Where a request would go. */
export interface Destination {
  protocol: string;
  /** Without brackets. */
  hostname: string;
  port: number;
  /** What the name leads to; undefined before it has been looked up, and behind a proxy, which looks it up itself. */
  address?: string;
}

/**
 * Decides where requests may go. Asked before each request, redirect and retry with the name, and at
 * each connect with every address that the name has just now: a name can lead elsewhere the next time.
 */
export type AddressPolicy = (to: Destination) => boolean;

/** Whether a host name can only mean this machine. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1') return true;
  return isIPv4(host) && host.startsWith('127.');
}

/** https anywhere, plain http only on this machine, by its name and by its address. */
export const defaultPolicy: AddressPolicy = ({ protocol, hostname, address }) =>
  protocol === 'https:' ||
  (protocol === 'http:' && isLoopback(hostname) && (address === undefined || isLoopback(address)));

/**
 * What a child of a service may reach: the world as by default, but of the machine it runs on, and of the addresses where
 * clouds hand out credentials, only these origins. A name that leads there is refused as well.
 */
export function guestPolicy(origins: readonly string[]): AddressPolicy {
  const allowed = new Set(origins.filter((origin) => URL.canParse(origin)).map((origin) => placeOf(new URL(origin))));
  return (to) => {
    const isNear = isNearby(to.hostname) || (to.address !== undefined && isNearby(to.address));
    return defaultPolicy(to) && (!isNear || allowed.has(textOf(to)));
  };
}

/** Loopback, unspecified and link-local, also as IPv4 inside of IPv6. */
function isNearby(name: string): boolean {
  const host = name.toLowerCase().replace(/\.$/, '');
  if (isLoopback(host)) return true;
  const inside = /^::(?:ffff:)?(\d+\.\d+\.\d+\.\d+)$/.exec(host)?.[1] ?? host;
  if (isIPv4(inside)) return /^(127|0)\.|^169\.254\./.test(inside);
  if (isIP(host) === 0) return false;
  return host === '::' || /^fe[89ab]/.test(host) || /^::(ffff:)?(7f[0-9a-f]{2}:|a9fe:|0:|[0-9a-f]{1,2}:)/.test(host);
}

const placeOf = (url: URL): string => textOf(destinationOf(url));
const textOf = ({ protocol, hostname, port }: Destination): string =>
  `${protocol}//${hostname.toLowerCase().replace(/\.$/, '')}:${port}`;

export function destinationOf(url: URL): Destination {
  const { protocol, hostname, port } = url;
  return {
    protocol,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}

/** @throws AddressRefused when the name, or the address that stands in its place, is not allowed */
export function guardDestination(policy: AddressPolicy, to: Destination): void {
  const address = isIP(to.hostname) === 0 ? undefined : to.hostname;
  if (!policy(address === undefined ? to : { ...to, address })) throw new AddressRefused();
}

/** A lookup that answers only if every address is allowed: among several, the system picks one by itself. */
export function guardedLookup(policy: AddressPolicy, to: Destination): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => {
      const [first] = found ?? [];
      if (error !== null || first === undefined) return callback(error ?? new AddressRefused(), '', 0);
      if (!found.every(({ address }) => policy({ ...to, address }))) return callback(new AddressRefused(), '', 0);
      if (options.all === true) return callback(null, found);
      callback(null, first.address, first.family);
    });
  };
}
