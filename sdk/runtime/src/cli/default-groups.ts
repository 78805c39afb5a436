import { create } from '@bufbuild/protobuf';
import { config } from '@batonkit/protocol';

const { MUTUALLY_EXCLUSIVE: exclusive, REQUIRED_TOGETHER: together } = config.ConstraintKind;

/** The rules between default flags that the genuine command line enforces (protocol: runtime 1.2). */
const groups: readonly (readonly [kind: config.ConstraintKind, names: readonly string[]])[] = [
  [together, ['client-id', 'client-secret']],
  [together, ['grant-entitlement', 'grant-principal']],
  [together, ['create-ticket', 'ticket-template-path']],
  [together, ['bulk-create-ticket', 'bulk-ticket-template-path']],
  [together, ['get-ticket', 'ticket-id']],
  [together, ['diff-syncs', 'base-sync-id', 'applied-sync-id']],
  [together, ['compact-syncs', 'compact-output-path', 'compact-file-paths', 'compact-sync-ids']],
  [
    exclusive,
    [
      'grant-entitlement',
      'revoke-grant',
      'create-account-login',
      'delete-resource',
      'rotate-credentials',
      'event-feed',
      'create-ticket',
      'get-ticket',
      'list-ticket-schemas',
      'bulk-create-ticket',
    ],
  ],
  [
    exclusive,
    [
      'grant-entitlement',
      'revoke-grant',
      'create-account-email',
      'delete-resource-type',
      'rotate-credentials-type',
      'event-feed',
      'list-ticket-schemas',
    ],
  ],
];

/** The same in the form that `checkConfiguration` takes; each field is named as its flag. */
export function defaultGroups(): config.Configuration {
  const names = [...new Set(groups.flatMap(([, members]) => members))];
  return create(config.ConfigurationSchema, {
    fields: names.map((name) => ({
      name,
      displayName: `--${name}`,
      field: { case: 'stringField' as const, value: {} },
    })),
    constraints: groups.map(([kind, fieldNames]) => ({ kind, fieldNames: [...fieldNames] })),
  });
}
