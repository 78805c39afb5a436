import { isLoopback } from '@batonkit/connector';
import { fail } from './errors.ts';

const prefix = '/api/v1';

/**
 * The address of the API from what was entered: an origin, with or without `/api/v1`.
 *
 * @param path where the API is, if it is somewhere else on this host
 * @throws BatonError `RL-URL`, `RL-URL-HTTP`
 */
export function parseBaseUrl(entered: string, path: string = prefix): URL {
  const text = entered.trim();
  const url = URL.parse(text);
  if (url === null || !/^https?:\/\//i.test(text)) {
    const guess = URL.parse(`https://${text}`);
    const isHost = !text.includes('://') && guess !== null && guess.hostname.includes('.') && guess.username === '';
    throw fail('RL-URL', { why: 'is not a web address', suggestion: isHost ? suggestion(guess) : undefined });
  }
  if (url.username !== '' || url.password !== '') {
    throw fail('RL-URL', { why: 'holds a user name or password', suggestion: suggestion(url) });
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) throw fail('RL-URL-HTTP', { host: url.host });
  const bare = (path: string): string => path.replace(/\/+$/, '');
  if (bare(url.pathname) !== '' && bare(url.pathname) !== bare(path)) {
    throw fail('RL-URL', {
      why: 'has a path that is not the one of the API',
      suggestion: url.origin + bare(path),
      hasPath: true,
    });
  }
  return new URL(url.origin + bare(path));
}

/** What the address of the API would be at this host. */
export function suggestion(url: URL): string {
  return url.origin + prefix;
}
