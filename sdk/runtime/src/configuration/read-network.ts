import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkSettings, ProxySettings } from '@batonkit/connector';
import { parseProxy } from '@batonkit/connector';
import type { BatonError } from '@batonkit/kernel';
import { fail } from '../errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Network {
  settings: Pick<NetworkSettings, 'ca' | 'proxy'>;
  /** Passwords of proxies. */
  secrets: string[];
  problems: BatonError[];
}

/**
 * What the environment says about the network: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, and the
 * authorities of `SSL_CERT_FILE` and `SSL_CERT_DIR`, which are trusted beside the usual ones.
 */
export function readNetwork(env: Environment): Network {
  const problems: BatonError[] = [];
  const secrets: string[] = [];
  const proxy: ProxySettings = {};
  for (const [scheme, variable] of [
    ['https', 'HTTPS_PROXY'],
    ['http', 'HTTP_PROXY'],
  ] as const) {
    const text = (env[variable] || env[variable.toLowerCase()])?.trim();
    if (!text) continue;
    const url = parseProxy(text);
    if (url === undefined) problems.push(fail('BK-PROXY', { variable }));
    else {
      proxy[scheme] = url;
      if (url.password !== '') secrets.push(decode(url.password), url.password);
    }
  }
  const except = env['NO_PROXY'] || env['no_proxy'];
  if (except) proxy.except = except;

  const ca = new Set<string>();
  const take = (variable: string, path: string, isOne: boolean): void => {
    try {
      const found = certificatesIn(readFileSync(path, 'utf8'));
      if (found.length === 0 && isOne) throw new Error('no certificate');
      for (const certificate of found) ca.add(certificate);
    } catch (error) {
      // A directory of authorities holds other files and links to nowhere as well.
      if (isOne) problems.push(fail('BK-CA', { variable, path }, { cause: error }));
    }
  };
  const file = env['SSL_CERT_FILE'];
  if (file) take('SSL_CERT_FILE', file, true);
  for (const directory of (env['SSL_CERT_DIR'] ?? '').split(':').filter(Boolean)) {
    try {
      for (const name of readdirSync(directory)) take('SSL_CERT_DIR', join(directory, name), false);
    } catch (error) {
      problems.push(fail('BK-CA', { variable: 'SSL_CERT_DIR', path: directory }, { cause: error }));
    }
  }
  return {
    settings: {
      ...(ca.size === 0 ? {} : { ca: [...ca] }),
      ...(proxy.https === undefined && proxy.http === undefined ? {} : { proxy }),
    },
    secrets,
    problems,
  };
}

/** @throws when one of them cannot be read */
function certificatesIn(text: string): string[] {
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  // A machine's whole bundle, as some set it, takes a tenth of a second, and TLS will read it anyway.
  for (const pem of found.slice(0, 10)) void new X509Certificate(pem);
  return found;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
