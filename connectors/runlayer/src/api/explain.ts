import type { HttpFailure } from '@batonkit/connector';
import { BatonError } from '@batonkit/kernel';
import { suggestion } from '../address.ts';
import { fail } from '../errors.ts';

/** What was asked for, to say what went wrong with it. */
export interface Asked {
  path: string;
  /** As in "may not read …". */
  what: string;
  /** The first request of all: what fails there is about the settings. */
  isFirst: boolean;
  baseUrl: URL;
  redact: (text: string) => string;
}

/**
 * Texts with which servers of this family refuse a key, under several statuses: bad or expired 403,
 * inactive owner 400, deleted owner 404 on a path that exists.
 */
export function credentialFault(failure: HttpFailure): 'key' | 'owner' | 'organisation' | undefined {
  if (failure.kind !== 'status' || ![400, 403, 404].includes(failure.status)) return undefined;
  const detail = failure.detail ?? '';
  if (/organi[sz]ation (?:api )?keys?\b/i.test(detail)) return 'organisation';
  if (
    /\b(?:inactive|deactivated|disabled) (?:user|account)|user (?:is )?(?:inactive|deactivated|disabled)/i.test(detail)
  )
    return 'owner';
  if (failure.status === 404) return /^user not found/i.test(detail) ? 'owner' : undefined;
  return /credential|not authenticated|(?:invalid|expired|revoked|missing) (?:api )?(?:key|token)|(?:key|token) (?:is |has )?(?:been )?(?:invalid|expired|revoked)/i.test(
    detail,
  )
    ? 'key'
    : undefined;
}

/** Puts a failed request into the connector's words. */
export function explain(failure: HttpFailure, asked: Asked): BatonError {
  const { path, isFirst, baseUrl } = asked;
  switch (failure.kind) {
    case 'status':
      // What it was made of goes with it: a syncer elsewhere is told of rate limits.
      return new BatonError(explainStatus(failure, asked).report, failure);
    case 'network':
      return explainNetwork(failure);
    case 'html':
      return isFirst ? fail('RL-URL-HTML', { suggestion: suggestion(baseUrl) }) : fail('RL-HTML', { path });
    case 'not-json':
      return fail('RL-JSON', { path, fault: 'is not JSON' });
    case 'bad-json': {
      const faults = {
        broken: 'is JSON that breaks off or is damaged',
        null: 'is empty',
        'too-deep': 'is nested too deeply',
        'too-many': 'has more parts than can be held',
        'duplicate-key': 'names a key twice',
        encoding: 'is packed in a way that cannot be undone',
      };
      return fail('RL-JSON', { path, fault: faults[failure.reason] });
    }
    case 'too-large':
      return fail('RL-JSON', { path, fault: `is larger than ${Math.round(failure.bytes / 2 ** 20)} MiB` });
    case 'stale':
      return fail('RL-STALE', { path, seconds: failure.seconds });
    case 'redirect':
      return isFirst ? fail('RL-URL-REDIRECT', {}) : fail('RL-REDIRECT', { path });
    case 'wait-too-long':
      return fail('RL-RATE-429', { path });
    case 'no-progress':
      return fail('RL-STALLED', { minutes: failure.minutes });
    default:
      throw new RangeError('unknown failure');
  }
}

function explainStatus(failure: Extract<HttpFailure, { kind: 'status' }>, asked: Asked): BatonError {
  const { path, what, isFirst, baseUrl, redact } = asked;
  const { status, isJson } = failure;
  if (status === 401) return fail('RL-AUTH-401', {});
  switch (credentialFault(failure)) {
    case 'key':
      return fail('RL-AUTH-401', {});
    case 'owner':
      return fail('RL-AUTH-OWNER', {});
    case 'organisation':
      return fail('RL-KEY-ORG', {});
    default:
  }
  if (status === 403) return isJson ? fail('RL-PERM-403', { path, what }) : fail('RL-BLOCKED-403', { path });
  if (status === 404 || status === 405) {
    return isFirst ? fail('RL-URL-404', { suggestion: suggestion(baseUrl) }) : fail('RL-PATH-404', { path, what });
  }
  if (status === 429) return fail('RL-RATE-429', { path });
  if (status >= 500 || status === 408) return fail('RL-5XX', { path, status });
  const detail = failure.detail === undefined ? '' : `It says: ${redact(failure.detail)}. `;
  return fail('RL-HTTP', { path, status, detail });
}

function explainNetwork({ reason, host, detail }: Extract<HttpFailure, { kind: 'network' }>): BatonError {
  switch (reason) {
    case 'dns':
      return fail('RL-NET-DNS', { host });
    case 'refused':
      return fail('RL-NET-REFUSED', { host });
    case 'timeout':
      return fail('RL-NET-TIMEOUT', { host });
    case 'reset':
      return fail('RL-NET-RESET', { host });
    case 'tls':
      return fail('RL-NET-TLS', { host, reason: detail });
    case 'proxy':
      return fail('RL-NET-PROXY', { host, reason: detail });
    case 'address':
      return fail('RL-NET-ADDRESS', { host });
    case 'other':
      return fail('RL-NET', { host, reason: detail });
    default:
      throw new RangeError('unknown reason');
  }
}
