import { setTimeout as pause } from 'node:timers/promises';

import { detail, firewall, frontEnd, text, type Answer } from '../answer.ts';
import { isOn, templateOf, type Exchange } from '../exchange.ts';
import { limited, type LimitForm } from '../rate-limit.ts';
import type { Asked, Kind } from './behaviour.ts';

/** Too many requests, in one of the forms that are in use. */
const rateLimit = (name: string, form: LimitForm, says: string): Kind => ({
  name,
  form: '[:N][:/PATH]',
  says: `Every N-th request (default 5th) ${says}`,
  family: 'failures',
  kind: 'fault',
  ends: form === 'long' ? 'refused' : 'either',
  act: (asked) => {
    const every = Math.max(1, asked.number ?? 5);
    let seen = 0;
    return {
      finish: (answer, exchange, { now }) =>
        meant(asked, exchange) && ++seen % every === 0 ? limited(form, now()) : answer,
    };
  },
});

/** Behaviours in which a request fails, wholly and visibly. */
export const failures: readonly Kind[] = [
  {
    name: 'html-at-200',
    form: '[:/PATH]',
    says: 'The API answers with the web page and status 200, as a wrong path does.',
    family: 'paths',
    kind: 'refuse',
    ends: 'refused',
    act: (asked) => ({ change: (answer, exchange) => (meant(asked, exchange) ? frontEnd() : answer) }),
  },
  {
    name: 'roles-403',
    form: '',
    says: 'The key may not read roles: /roles and /users/{id}/roles answer 403.',
    family: 'keys',
    kind: 'refuse',
    ends: 'refused',
    act: () => ({
      change: (answer, exchange) => (answer.status === 200 && /roles/.test(templateOf(exchange)) ? denied() : answer),
    }),
  },
  {
    name: 'server-error',
    form: '[:N][:/PATH]',
    says: 'Status 500: for ever, or N times and then well again.',
    family: 'failures',
    kind: 'fault',
    ends: 'refused',
    act: (asked) => {
      let left = asked.number ?? Number.POSITIVE_INFINITY;
      return {
        change: (answer, exchange) =>
          meant(asked, exchange) && left-- > 0 ? text(500, 'Internal Server Error') : answer,
      };
    },
  },
  rateLimit('rate-limit', 'seconds', 'gets 429 with Retry-After: 1.'),
  rateLimit('rate-limit-date', 'date', 'gets 429 with Retry-After as a date.'),
  rateLimit('rate-limit-x', 'x', 'gets 429 with X-RateLimit-Reset.'),
  rateLimit('rate-limit-ietf', 'ietf', 'gets 429 with RateLimit-Reset.'),
  rateLimit('rate-limit-none', 'none', 'gets 429 without a word about when to come again.'),
  rateLimit('rate-limit-long', 'long', 'gets 429 with Retry-After: 3600.'),
  {
    name: 'redirect-elsewhere',
    form: '[:/PATH]',
    says: 'Status 307 to the same path on another host.',
    family: 'redirects',
    kind: 'refuse',
    ends: 'refused',
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
    family: 'failures',
    kind: 'fault',
    ends: 'refused',
    act: (asked) => ({
      change: (answer, exchange) =>
        meant(asked, exchange) ? { ...answer, headers: { ...answer.headers, 'content-type': 'text/html' } } : answer,
    }),
  },
  {
    name: 'slow',
    form: '[:N][:/PATH]',
    says: 'Every answer waits N milliseconds (default 1000).',
    family: 'time',
    kind: 'fault',
    ends: 'either',
    act: (asked) => ({
      wait: async (exchange, gone) => {
        if (meant(asked, exchange)) await pause(asked.number ?? 1000, undefined, { signal: gone }).catch(() => {});
      },
    }),
  },
  {
    name: 'users-403',
    form: '',
    says: 'The key may not read users: the list of users answers 403.',
    family: 'keys',
    kind: 'refuse',
    ends: 'refused',
    act: () => ({
      change: (answer, { route }) =>
        answer.status === 200 && route.kind === 'api' && route.means === 'users' ? denied() : answer,
    }),
  },
  {
    name: 'waf',
    form: '[:/PATH]',
    says: 'A firewall in front of the API answers with its 403 page.',
    family: 'failures',
    kind: 'fault',
    ends: 'refused',
    act: (asked) => ({ finish: (answer, exchange) => (meant(asked, exchange) ? firewall() : answer) }),
  },
];

const denied = (): Answer => detail(403, 'Your role does not have access to this endpoint');

/** Requests to the API proper, narrowed to the path if one was named. */
function meant(asked: Asked, exchange: Exchange): boolean {
  return exchange.route.kind === 'api' && isOn(asked.path, exchange);
}
