import type { Form } from '../form/form.ts';
import { accepted, refused, type Kind } from './behaviour.ts';

const lists = ['users', 'roles', 'assignments', 'roleUsers'] as const;

const envelope = (
  name: string,
  says: string,
  key: string | undefined,
  of: readonly (typeof lists)[number][] = lists,
): Kind =>
  accepted('envelopes', `envelope-${name}`, says, (form) => {
    for (const list of of) form.envelope[list] = key;
  });

const total = (name: string, says: string, said: Form['total']): Kind =>
  accepted('envelopes', `total-${name}`, says, (form) => {
    form.total = said;
  });

/** What is around the rows. */
export const envelopes: readonly Kind[] = [
  envelope('bare', 'Lists are arrays, without any envelope or total.', undefined),
  envelope('items', 'Lists stand under `items`.', 'items'),
  envelope('results', 'Lists stand under `results`.', 'results'),
  envelope('users', 'Users stand under `users`, holders of a role as well.', 'users', ['users', 'roleUsers']),
  envelope('roles', 'Roles stand under `roles`, those of one user as well.', 'roles', ['roles', 'assignments']),
  envelope('members', 'Users stand under `members`, holders of a role as well.', 'members', ['users', 'roleUsers']),
  envelope('assignments', 'Assignments stand under `assignments`.', 'assignments', ['assignments', 'roleUsers']),
  total('total', 'The total is `total`.', 'total'),
  total('total-count', 'The total is `total_count`.', 'total_count'),
  total('meta', 'The total is `meta.total`.', 'meta'),
  total('none', 'No list says how long it is.', 'none'),
  refused(
    'envelopes',
    'total-text',
    'The count is a text of digits.',
    (form) => {
      form.total = 'text';
    },
    { ends: 'either' },
  ),
  refused('envelopes', 'envelope-unknown', 'Users stand under `records`.', (form) => {
    form.envelope.users = 'records';
  }),
  refused('envelopes', 'envelope-two-arrays', 'Lists have a second array under `results`, which is empty.', (form) => {
    form.alsoArray = 'results';
  }),
];
