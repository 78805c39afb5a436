import type { HttpFailure } from './failure.ts';

type Refused = Extract<HttpFailure, { kind: 'redirect' }>;

/**
 * Where a redirect may lead: to the same path on the same host with one trailing slash more or less.
 * Everything else could carry the key elsewhere or ask for something else. Behind a proxy that ends
 * TLS, servers answer with `http` targets; those are meant as https and taken as such.
 *
 * @returns the path to ask instead, or why not
 */
export function redirectTarget(from: URL, status: number, location: string | undefined): string | Refused {
  const refuse = (reason: Refused['reason']): Refused => ({ kind: 'redirect', status, reason });
  let to: URL;
  try {
    to = new URL(location ?? '', from);
  } catch {
    return refuse('no-target');
  }
  if (location === undefined || location === '') return refuse('no-target');
  if (to.username !== '' || to.password !== '') return refuse('other-host');
  if (from.protocol === 'https:' && to.protocol === 'http:') to.protocol = 'https:';
  if (to.protocol !== from.protocol) return refuse(to.hostname === from.hostname ? 'insecure' : 'other-host');
  if (to.host !== from.host) return refuse('other-host');
  const bare = (path: string): string => path.replace(/\/$/, '');
  if (to.search !== from.search || bare(to.pathname) !== bare(from.pathname) || to.pathname === from.pathname) {
    return refuse('other-path');
  }
  return to.pathname;
}
