import { sign } from 'node:crypto';
import type { Clock, Random } from '@batonkit/kernel';
import type { Credential } from './credential.ts';

/** Seconds for which an assertion can be used, and by which it begins earlier (protocol: runtime 3.2). */
export const ASSERTION_SECONDS = 120;

/** The JWT by which a connector shows that it has its key; signed with Ed25519 (protocol: runtime 3.2). */
export function makeAssertion(credential: Credential, clock: Clock, random: Random): string {
  const { clientId, audience, key, keyId } = credential;
  const now = Math.floor(clock.now() / 1000);
  const header = {
    alg: 'EdDSA',
    ...(keyId === undefined ? {} : { kid: keyId }),
    nonce: Buffer.from(random.bytes(16)).toString('hex'),
  };
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: audience,
    exp: now + ASSERTION_SECONDS,
    nbf: now - ASSERTION_SECONDS,
    iat: now,
  };
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), key.privateKey).toString('base64url')}`;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
