import { retryAfter } from './retry-after.ts';

type Header = (name: string) => string | undefined;

const prefixes = ['x-ratelimit-', 'ratelimit-', 'x-rate-limit-', 'x-ratelimit-requests-'];

/**
 * How long the server wants us to wait, in milliseconds from now: `Retry-After` (seconds or a date),
 * `Retry-After-Ms`, else the reset of a rate limit. Undefined when it says nothing that can be understood.
 */
export function waitOf(status: number, header: Header, now: number): number | undefined {
  const ms = /^\d+(?:\.\d+)?$/.exec(header('retry-after-ms')?.trim() ?? '');
  if (ms !== null) return Math.ceil(Number(ms[0]));
  const asked = retryAfter(header('retry-after'), now);
  // The reset of a limit that is not used up has nothing to do with a server that fails.
  return asked ?? (status === 429 ? resetOf(header, now) : waitAfterLast(header, now));
}

/**
 * How long to wait, after an answer that was given, because it used up what the server grants: the next
 * request would only be refused.
 */
export function waitAfterLast(header: Header, now: number): number | undefined {
  const remaining = draftValue(header, ['r', 'remaining']) ?? first(header, 'remaining');
  return remaining === '0' ? resetOf(header, now) : undefined;
}

/** `X-RateLimit-Reset` and its kin: seconds from now, seconds or milliseconds since 1970, or a date. */
function resetOf(header: Header, now: number): number | undefined {
  const draft = draftValue(header, ['t', 'reset']);
  if (draft !== undefined) return Number(draft) * 1000;
  const text = first(header, 'reset');
  if (text === undefined) return undefined;
  if (!/^\d+(?:\.\d+)?$/.test(text)) return retryAfter(text, now);
  const value = Number(text);
  // No limit lasts 30 years from now, and no clock that can be meant stood in the year 1970.
  if (value < 1e9) return Math.ceil(value * 1000);
  return Math.max(0, Math.ceil(value < 1e11 ? value * 1000 : value) - now);
}

function first(header: Header, what: 'remaining' | 'reset'): string | undefined {
  for (const prefix of prefixes) {
    // Some list the present window first: `12, 12;w=60`.
    const text = header(prefix + what)
      ?.trim()
      .replace(/^(\d+)\s*[,;].*$/, '$1');
    if (text !== undefined && text !== '') return text;
  }
  return undefined;
}

/** A parameter of `RateLimit`: `"default";r=0;t=30`, or, in an older draft, `limit=100, remaining=0, reset=30`. */
function draftValue(header: Header, names: readonly string[]): string | undefined {
  const text = header('ratelimit');
  if (text === undefined) return undefined;
  return new RegExp(`(?:^|[;,\\s])(?:${names.join('|')})=(\\d+)(?:$|[;,\\s])`, 'i').exec(text)?.[1];
}
