import { Code, ConnectError } from '@connectrpc/connect';
import { expect, test } from 'vitest';
import { c1Failure } from '../src/service-mode/c1-failure.ts';

test.each([
  ['CERT_HAS_EXPIRED', 'its certificate is not valid at this time'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is not trusted'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'what answers speaks no TLS'],
  ['ENOTFOUND', 'its name is not found'],
])('%s is said in words, and may pass', (code, words) => {
  const cause = Object.assign(new Error('whatever the library says'), { code });
  const { status, said } = c1Failure(new ConnectError('failed', Code.Unavailable, undefined, undefined, cause));
  expect(status).toBe(14);
  expect(said).toContain(words);
  expect(said).not.toContain('library');
});
