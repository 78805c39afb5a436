import type { Context, MiddlewareHandler } from 'hono';
import { fail } from '../errors.ts';

const SAFE = new Set(['GET', 'HEAD']);

/**
 * Only pages of this console may talk to it: a foreign name that resolves to this machine is refused
 * by Host, a foreign page by Origin and by what the browser says about the request.
 */
export function checkSender(hosts: () => ReadonlySet<string>): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host') ?? new URL(context.req.url).host;
    if (!hosts().has(host)) throw fail('BK-HOST', {});
    const origin = context.req.header('origin');
    if (origin !== undefined && origin !== `http://${host}`) throw fail('BK-ORIGIN', {});
    if (!SAFE.has(context.req.method)) {
      const site = context.req.header('sec-fetch-site');
      if (site !== undefined && site !== 'same-origin') throw fail('BK-ORIGIN', {});
    }
    await next();
  };
}

/** The names under which a listener on the loopback address is itself. */
export function loopbackHosts(port: number): ReadonlySet<string> {
  return new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
}

// React Aria adds <style> elements at run time; scripts are ours alone.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  setSecurityHeaders(context);
};

export function setSecurityHeaders(context: Context): void {
  context.header('content-security-policy', POLICY);
  context.header('x-content-type-options', 'nosniff');
  context.header('x-frame-options', 'DENY');
  context.header('referrer-policy', 'no-referrer');
  context.header('cross-origin-opener-policy', 'same-origin');
  context.header('cross-origin-resource-policy', 'same-origin');
  context.header('permissions-policy', 'camera=(), geolocation=(), microphone=()');
}
