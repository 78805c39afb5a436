import { isIPv4, isIPv6 } from 'node:net';
import type { ErrorReport } from '@batonkit/kernel';
import type { config } from '@batonkit/protocol';
import { fail } from '../errors.ts';

/**
 * Keeps a connector from reaching services of the console's own machine, and the addresses at which
 * clouds hand out credentials. Only what stands in the setting is judged; names are not resolved here.
 */
export function checkAddress(
  field: config.Field,
  value: string,
  allowedOrigins: ReadonlySet<string>,
): ErrorReport | undefined {
  if (!URL.canParse(value)) return undefined;
  const { origin, hostname } = new URL(value);
  if (!isOfThisMachine(hostname) || allowedOrigins.has(origin)) return undefined;
  return fail('BK-ADDRESS', { label: field.displayName || field.name, origin }, { field: field.name }).report;
}

function isOfThisMachine(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  if (isIPv4(host)) return /^(127|0)\.|^169\.254\./.test(host);
  if (!isIPv6(host)) return false;
  // URL writes an IPv4 address inside of IPv6 as two groups: ::ffff:7f00:1.
  return (
    host === '::' || host === '::1' || /^fe[89ab]/.test(host) || /^::(ffff:)?(7f|a9fe:|0:|[0-9a-f]{1,2}:)/.test(host)
  );
}
