import { isIP } from 'node:net';
import { isLoopback } from './address-guard.ts';

/** Proxies by the scheme of the target, as `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name them. */
export interface ProxySettings {
  https?: URL;
  http?: URL;
  /** Hosts that are reached without: names with all below them, `*.name`, addresses, each with an optional port, or `*`. */
  except?: string;
}

/**
 * The proxy for a target, if there is one. This machine itself is never reached through a proxy, as
 * that would be another machine.
 */
export function proxyFor({ protocol, hostname, port }: URL, settings: ProxySettings | undefined): URL | undefined {
  const proxy = protocol === 'https:' ? settings?.https : settings?.http;
  if (proxy === undefined || isLoopback(hostname)) return undefined;
  const host = bare(hostname);
  const ownPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  const isExcepted = (settings?.except ?? '')
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      const { name, only } = splitPort(entry.toLowerCase());
      if (only !== undefined && only !== ownPort) return false;
      if (name === '*' || name === host) return true;
      const domain = name.replace(/^\*?\./, '');
      return host.endsWith(`.${domain}`) || (name.startsWith('.') && host === domain);
    });
  return isExcepted ? undefined : proxy;
}

function bare(hostname: string): string {
  return hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '');
}

function splitPort(entry: string): { name: string; only?: string } {
  // Without brackets the colons of an IPv6 address are no port.
  if (isIP(entry) === 6) return { name: entry };
  const match = /^(.+?):(\d+)$/.exec(entry);
  const [, name = entry, only] = match ?? [];
  return { name: bare(name), ...(only === undefined ? {} : { only }) };
}

/**
 * Reads the address of a proxy: `http://user:password@host:port`, `https://…`, or `host:port` alone.
 * Undefined when it is none, or of a kind that is not known (SOCKS).
 */
export function parseProxy(text: string): URL | undefined {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== ''
    ? url
    : undefined;
}
