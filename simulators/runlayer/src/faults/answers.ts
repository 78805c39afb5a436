import { detail, firewall, frontEnd, json, text } from '../answer.ts';
import { limited, limitForms, type LimitForm } from '../rate-limit.ts';
import { noneOf, wholeOf, type FaultKind } from './fault.ts';

const detailOf: Record<number, string> = {
  400: 'Inactive user',
  401: 'Invalid API key',
  403: 'Your role does not have access to this endpoint',
  404: 'Not Found',
  409: 'Conflict',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
};

/** Mostly short: a reader tries again. */
const often = '500 502 503 504 503 429 x2:503 x2:500 x3:503 x4:502 500 503 504 429 x6:503 x*:403'.split(' ');

/** Answers with another status, or of another kind. */
export const answers: readonly FaultKind[] = [
  {
    name: 'status',
    form: ':S',
    family: 'answers',
    says: 'Status S, with the body that this server gives with it (5xx: plain text).',
    drawn: { weight: 16, argument: (random) => random.pick(often) },
    make(argument) {
      const status = wholeOf(argument, 0, 200, 599);
      if (status === 0) throw new RangeError('The status is missing.');
      return {
        finish: () =>
          status >= 500
            ? text(status, status === 500 ? 'Internal Server Error' : `<html><h1>${status}</h1></html>`)
            : status === 422
              ? json(422, { detail: [{ type: 'value_error', loc: ['query', 'skip'], msg: 'Value error', input: '0' }] })
              : detail(status, detailOf[status] ?? `Status ${status}`),
      };
    },
  },
  {
    name: 'html',
    form: '',
    family: 'answers',
    says: 'The web page with status 200.',
    drawn: { weight: 1 },
    make: (argument) => (noneOf(argument), { finish: frontEnd }),
  },
  {
    name: 'waf',
    form: '',
    family: 'answers',
    says: 'The 403 page of a firewall.',
    drawn: { weight: 1 },
    make: (argument) => (noneOf(argument), { finish: firewall }),
  },
  {
    name: 'wrong-content-type',
    form: '',
    family: 'answers',
    says: 'Right JSON, labelled text/html.',
    drawn: { weight: 1 },
    make(argument) {
      noneOf(argument);
      return { finish: (answer) => ({ ...answer, headers: { ...answer.headers, 'content-type': 'text/html' } }) };
    },
  },
  {
    name: 'redirect',
    form: '',
    family: 'answers',
    says: 'Status 307 to another host.',
    drawn: { weight: 1 },
    make(argument) {
      noneOf(argument);
      return {
        finish: (_, { path, search }) => ({
          ...text(307, ''),
          headers: { location: `https://elsewhere.example${path}${search}` },
        }),
      };
    },
  },
  {
    name: 'rate-limit',
    form: '[:FORM]',
    family: 'answers',
    says: `Status 429; FORM says when to come again: ${limitForms.join(', ')}.`,
    drawn: { weight: 4, argument: (random) => random.pick(['none', 'x', 'ietf', 'zero']) },
    make(argument = 'seconds') {
      if (!limitForms.includes(argument as LimitForm)) throw new RangeError(`There is no form ${argument}.`);
      return { finish: (_, __, { now }) => limited(argument as LimitForm, now()) };
    },
  },
  {
    name: 'not-json',
    form: '',
    family: 'answers',
    says: 'Status 200 and a text that is no JSON, labelled JSON.',
    drawn: { weight: 1 },
    make: (argument) => (noneOf(argument), { finish: () => text(200, "{'data': [], count: 0}", 'application/json') }),
  },
  {
    name: 'empty-body',
    form: '',
    family: 'answers',
    says: 'Status 200 and no body.',
    drawn: { weight: 1 },
    make: (argument) => (noneOf(argument), { finish: () => text(200, '', 'application/json') }),
  },
  {
    name: 'no-content',
    form: '',
    family: 'answers',
    says: 'Status 204.',
    make: (argument) => (noneOf(argument), { finish: () => ({ status: 204, headers: {} }) }),
  },
  {
    name: 'null-body',
    form: '',
    family: 'answers',
    says: 'Status 200 and the body null.',
    drawn: { weight: 1 },
    make: (argument) => (noneOf(argument), { finish: () => json(200, null) }),
  },
];
