import { setTimeout as pause } from 'node:timers/promises';

import { detail, frontEnd, text } from '../answer.ts';
import { templateOf, type Exchange } from '../exchange.ts';
import type { Asked, Kind } from './behaviour.ts';

/** Behaviours in which a request fails, wholly and visibly. */
export const failures: readonly Kind[] = [
  {
    name: 'html-at-200',
    form: '[:/PATH]',
    says: 'The API answers with the web page and status 200, as a wrong path does.',
    act: (asked) => ({ change: (answer, exchange) => (meant(asked, exchange) ? frontEnd() : answer) }),
  },
  {
    name: 'roles-403',
    form: '',
    says: 'The key may not read roles: /roles and /users/{id}/roles answer 403.',
    act: () => ({
      change: (answer, exchange) =>
        answer.status === 200 && /roles/.test(templateOf(exchange))
          ? detail(403, 'Your role does not have access to this endpoint')
          : answer,
    }),
  },
  {
    name: 'server-error',
    form: '[:N][:/PATH]',
    says: 'Status 500: for ever, or N times and then well again.',
    act: (asked) => {
      let left = asked.number ?? Number.POSITIVE_INFINITY;
      return {
        change: (answer, exchange) =>
          meant(asked, exchange) && left-- > 0 ? text(500, 'Internal Server Error') : answer,
      };
    },
  },
  {
    name: 'rate-limit',
    form: '[:N][:/PATH]',
    says: 'Every N-th request (default 5th) gets 429 with Retry-After: 1.',
    act: (asked) => {
      const every = Math.max(1, asked.number ?? 5);
      let seen = 0;
      return {
        change: (answer, exchange) =>
          meant(asked, exchange) && ++seen % every === 0
            ? detail(429, 'Too Many Requests', { 'retry-after': '1' })
            : answer,
      };
    },
  },
  {
    name: 'redirect-elsewhere',
    form: '[:/PATH]',
    says: 'Status 307 to the same path on another host.',
    act: (asked) => ({
      change: (answer, exchange) =>
        meant(asked, exchange)
          ? {
              ...text(307, ''),
              headers: { location: `https://elsewhere.example${exchange.path}${exchange.search}` },
            }
          : answer,
    }),
  },
  {
    name: 'wrong-content-type',
    form: '[:/PATH]',
    says: 'Right JSON, labelled text/html.',
    act: (asked) => ({
      change: (answer, exchange) =>
        meant(asked, exchange) ? { ...answer, headers: { ...answer.headers, 'content-type': 'text/html' } } : answer,
    }),
  },
  {
    name: 'slow',
    form: '[:N][:/PATH]',
    says: 'Every answer waits N milliseconds (default 1000).',
    act: (asked) => ({
      wait: async (exchange, gone) => {
        if (meant(asked, exchange)) await pause(asked.number ?? 1000, undefined, { signal: gone }).catch(() => {});
      },
    }),
  },
];

/** Requests to the API proper, narrowed to the path if one was named. */
function meant(asked: Asked, exchange: Exchange): boolean {
  if (exchange.route.kind !== 'api') return false;
  return asked.path === undefined || asked.path === templateOf(exchange) || asked.path === exchange.path;
}
