import { boolField, defineConfig, intField, mapField, sliceField, stringField } from '@batonkit/connector';
import { roleIdKeys } from './mapping/role.ts';

/** The fields of the connector: flags, environment variables, form fields and schema are made of this. */
export const config = defineConfig({
  'base-url': stringField({
    displayName: 'Base URL',
    description: 'The address of your Runlayer instance, with or without /api/v1 at its end.',
    placeholder: 'https://your-tenant.runlayer.com/api/v1',
    required: true,
    rules: { maxLength: 2048 },
  }),
  'api-key': stringField({
    displayName: 'API key',
    description: 'A personal API key of a user who may read users and roles, such as a Helpdesk user.',
    placeholder: 'rl_…',
    required: true,
    secret: true,
    rules: { maxLength: 1024 },
  }),
  'auth-style': stringField({
    displayName: 'Header of the key',
    description: 'How the key is sent: as x-runlayer-api-key, as a bearer token, or as what the instance takes.',
    advanced: true,
    choices: ['auto', 'header', 'bearer'],
    defaultValue: 'auto',
  }),
  'allow-single-user': boolField({
    displayName: 'Tenant of one user',
    description:
      'Accepts a list of users that holds only the owner of the key. Otherwise such a list means that the key is too weak.',
    advanced: true,
  }),
  'page-size': intField({
    displayName: 'Page size',
    description: 'How many rows to ask for at once. Left empty, the largest size that Runlayer grants is used.',
    advanced: true,
    rules: { atLeast: 1, atMost: 10_000 },
  }),
  plan: stringField({
    displayName: 'Way to the roles of people',
    description:
      'Where role assignments are read: on the users, per role, from one list, or user by user. Automatic takes the one with the fewest requests.',
    advanced: true,
    choices: ['auto', 'embedded', 'per-role', 'flat', 'per-user'],
    defaultValue: 'auto',
  }),
  'role-id': stringField({
    displayName: 'Key that names roles',
    description: 'Which key of a role is its id. Left empty, the first that is there.',
    advanced: true,
    choices: roleIdKeys,
  }),
  'api-path': stringField({
    displayName: 'Path of the API',
    description: 'Where the API is on that host, if not at /api/v1.',
    placeholder: '/api/v1',
    advanced: true,
    rules: { maxLength: 256 },
  }),
  'users-path': stringField({
    displayName: 'Path of the users',
    description: 'Where the list of users is, below the Base URL, if not at /users.',
    placeholder: '/users',
    advanced: true,
    rules: { maxLength: 256 },
  }),
  'roles-path': stringField({
    displayName: 'Path of the roles',
    description: 'Where the list of roles is, below the Base URL. Left empty, the usual places are tried.',
    placeholder: '/roles',
    advanced: true,
    rules: { maxLength: 256 },
  }),
  'assignments-path': stringField({
    displayName: 'Path of the assignments',
    description: 'Where role assignments are, below the Base URL; {id} stands for a user or a role.',
    placeholder: '/users/{id}/roles',
    advanced: true,
    rules: { maxLength: 256 },
  }),
  accept: sliceField({
    displayName: 'Exceptions',
    description:
      'Judgements about the form of this tenant that are overruled, such as null-roles=none. Each use is marked in the certificate.',
    advanced: true,
  }),
  reason: stringField({
    displayName: 'Reason of the exceptions',
    description: 'Why they are right for this tenant. Stands in the certificate.',
    advanced: true,
    rules: { maxLength: 500 },
  }),
  'accepted-by': stringField({
    displayName: 'Who accepts the exceptions',
    description: 'The person who answers for them. Stands in the certificate.',
    advanced: true,
    rules: { maxLength: 200 },
  }),
  'accepted-at': stringField({
    displayName: 'When the exceptions were accepted',
    description: 'Stands in the certificate; left empty, the time of the sync does.',
    placeholder: '2026-11-24T10:00:00.000Z',
    advanced: true,
    rules: { pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$` },
  }),
  'extra-headers': mapField({
    displayName: 'Further request headers',
    description: 'Sent with each request, for an access proxy in front of Runlayer. Never the API key.',
    secret: true,
    advanced: true,
  }),
});
