import type { Flag, Operation } from './flag.ts';

const change = (what: string): Operation => ({ what, status: 12 });
const ticket = (what: string): Operation => ({ what, status: 12 });

/**
 * The flag that asks for each operation, in the order in which the genuine program looks for them
 * (protocol: runtime 1.2; the codes are those that it ends with).
 */
const operations: readonly (readonly [name: string, type: Flag['type'], operation: Operation])[] = [
  ['grant-entitlement', 'string', change('a grant of access')],
  ['revoke-grant', 'string', change('a revocation of access')],
  // Declared as a text and read as a switch.
  ['event-feed', 'string', { what: 'an event feed', status: 5 }],
  ['create-account-login', 'string', change('a new account')],
  ['create-account-profile', 'string', change('a new account')],
  ['delete-resource', 'string', change('the deletion of a resource')],
  ['rotate-credentials', 'string', change('new credentials')],
  ['invoke-action', 'string', { what: 'an action', status: 5 }],
  ['list-action-schemas', 'bool', { what: 'the list of its actions', status: 0 }],
  ['create-ticket', 'bool', ticket('a ticket')],
  ['bulk-create-ticket', 'bool', ticket('several tickets')],
  ['get-ticket', 'bool', ticket('a ticket')],
  ['list-ticket-schemas', 'bool', ticket('the forms of its tickets')],
  ['diff-syncs', 'bool', change('the difference of two syncs')],
  ['compact-syncs', 'bool', change('several syncs made one')],
];

/** What belongs to an operation and does nothing by itself. */
const details: readonly (readonly [type: Flag['type'], names: readonly string[]])[] = [
  [
    'string',
    [
      'grant-principal',
      'grant-principal-type',
      'event-feed-id',
      'event-feed-start-at',
      'event-feed-cursor',
      'create-account-email',
      'create-account-resource-type',
      'delete-resource-type',
      'rotate-credentials-type',
      'invoke-action-args',
      'invoke-action-resource-type',
      'list-action-schemas-resource-type',
      'invoke-resource-action',
      'invoke-resource-action-resource-type',
      'invoke-resource-action-args',
      'ticket-template-path',
      'bulk-ticket-template-path',
      'ticket-id',
      'base-sync-id',
      'applied-sync-id',
      'compact-output-path',
    ],
  ],
  ['strings', ['compact-file-paths', 'compact-sync-ids']],
  ['bool', ['list-resource-actions']],
];

export const operationFlags: readonly Flag[] = [
  ...operations.map(([name, type, operation]): Flag => ({ name, type, hidden: true, operation, help: '' })),
  ...details.flatMap(([type, names]) =>
    names.map((name): Flag => ({ name, type, hidden: true, inert: true, help: '' })),
  ),
];
