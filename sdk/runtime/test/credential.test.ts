import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readCredential } from '../src/service-mode/credential.ts';

const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
const secret = `secret-token:c1.example:v1:${Buffer.from(JSON.stringify(jwk)).toString('base64url')}`;

describe('a client id', () => {
  test.each(['calm-fox@c1.example/abc', 'calm-fox@c1.example/abc\n', 'calm-fox@c1.example/abc\r\n'])(
    '%j is sent without the line break of a file',
    (given) => {
      expect(readCredential(given, secret)).toMatchObject({ clientId: 'calm-fox@c1.example/abc', name: 'calm-fox' });
    },
  );

  // The name is part of a header, which takes none of them: every call would fail before it is sent.
  test.each([
    'calm\u2013fox@c1.example/abc',
    'calm\nfox@c1.example/abc',
    'calm fox@c1.example/abc',
    'calm-fox@c1.example/a\u200bbc',
    '"calm-fox@c1.example/abc"',
  ])('%j is refused before anything is sent', (given) => {
    expect(() => readCredential(given, secret)).toThrow(expect.objectContaining({ code: 'BK-C1-ID' }));
  });
});
