import { boolField, defineConfig, intField, stringField } from '@batonkit/connector';

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
});
