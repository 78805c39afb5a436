import { detail, type Answer } from './answer.ts';

/** How a refusal for too many requests says when to come again. */
export const limitForms = ['seconds', 'zero', 'date', 'x', 'ietf', 'none', 'long', 'nonsense'] as const;
export type LimitForm = (typeof limitForms)[number];

/** Status 429 in one of the forms that are in use. All but `long` and `nonsense` mean about a second. */
export function limited(form: LimitForm, now: Date): Answer {
  return detail(429, 'Too Many Requests', headersOf(form, now));
}

function headersOf(form: LimitForm, now: Date): Record<string, string> {
  const soon = new Date(Math.ceil(now.getTime() / 1000) * 1000 + 1000);
  switch (form) {
    case 'seconds':
      return { 'retry-after': '1' };
    case 'zero':
      return { 'retry-after': '0' };
    case 'date':
      return { 'retry-after': soon.toUTCString() };
    case 'x':
      return {
        'x-ratelimit-limit': '100',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(soon.getTime() / 1000),
      };
    case 'ietf':
      return { 'ratelimit-limit': '100', 'ratelimit-remaining': '0', 'ratelimit-reset': '1' };
    case 'long':
      return { 'retry-after': '3600' };
    case 'nonsense':
      return { 'retry-after': 'soon' };
    case 'none':
      return {};
    default:
      return {};
  }
}
