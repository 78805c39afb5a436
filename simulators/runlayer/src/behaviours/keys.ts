import type { Form } from '../form/form.ts';
import { accepted, refused, type Kind } from './behaviour.ts';

const owner = (name: string, says: string, is: Form['owner']): Kind =>
  refused('keys', name, says, (form) => {
    form.owner = is;
  });

/** What keys may do, and the few endpoints that are not lists. */
export const keyForms: readonly Kind[] = [
  accepted('keys', 'auth-header-only', 'Only the header x-runlayer-api-key is heard.', (form) => {
    form.auth = { ...form.auth, bearer: false };
  }),
  accepted('keys', 'auth-bearer-only', 'Only the header Authorization: Bearer is heard.', (form) => {
    form.auth = { ...form.auth, header: false };
  }),
  accepted('keys', 'key-no-prefix', 'Keys are good without their rl_, too.', (form) => {
    form.auth = { ...form.auth, needsPrefix: false };
  }),
  accepted('keys', 'credentials-403', 'A key that is nobody’s gets 403 instead of 401.', (form) => {
    form.auth = { ...form.auth, wrongKey: 403 };
  }),
  accepted('keys', 'no-health-check', 'There is no /utils/health-check/.', (form) => {
    form.hasHealthCheck = false;
  }),
  accepted('keys', 'openapi-base', 'The OpenAPI document is at /api/v1/openapi.json instead.', (form) => {
    form.openapi = 'base';
  }),
  accepted('keys', 'openapi-none', 'There is no OpenAPI document.', (form) => {
    form.openapi = 'none';
  }),
  accepted('keys', 'openapi-with-key', 'The OpenAPI document needs a key.', (form) => {
    form.openapiNeedsKey = true;
  }),
  accepted('keys', 'me-id-only', 'users/me has the id of the owner and nothing else.', (form) => {
    form.isMeBare = true;
  }),
  accepted('keys', 'error-detail-object', 'The detail of errors is an object with a message.', (form) => {
    form.isDetailObject = true;
  }),
  accepted(
    'keys',
    'unknown-user-500',
    'A user who does not exist answers 500 in plain text instead of 404.',
    (form) => {
      form.unknownUser = 500;
    },
  ),
  owner('owner-inactive', 'The owner of every key is inactive: 400.', 'inactive'),
  owner('owner-deleted', 'The owner of every key is deleted: 404 `User not found` on paths that exist.', 'deleted'),
  owner('key-revoked', 'Every key is revoked: 401.', 'revoked'),
  refused(
    'keys',
    'weak-403',
    'The list of users answers a weak key with 403.',
    (form) => {
      form.weak = 'refused';
    },
    { key: 'weak' },
  ),
  refused('keys', 'narrowed', 'The list of users holds the owner of the key alone, with count 1.', (form) => {
    form.isNarrowed = true;
  }),
];
