import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';

/** A client id and secret as C1 hands them out, and the public half by which C1 checks assertions (protocol: runtime 3.1). */
export interface Credential {
  clientId: string;
  clientSecret: string;
  publicKey: KeyObject;
  /** What an assertion has to be addressed to: the host of the client id, without its port. */
  audience: string;
}

/** Makes a pair: `name@host/conn`. */
export function makeCredential(host: string, name = 'quiet-heron-10001', rest = 'conn'): Credential {
  const { privateKey } = generateKeyPairSync('ed25519');
  const secret = Buffer.from(JSON.stringify(privateKey.export({ format: 'jwk' }))).toString('base64url');
  return credentialFrom(`${name}@${host}/${rest}`, `secret-token:conductorone.com:v1:${secret}`);
}

/**
 * A pair that exists already, such as one of a recorded conversation.
 * @throws Error if it is none
 */
export function credentialFrom(clientId: string, clientSecret: string): Credential {
  const audience = /^[^@]+@([^/:]+)(?::\d+)?\//.exec(clientId)?.[1];
  const data = clientSecret.split(':')[3];
  if (audience === undefined || data === undefined) throw new Error('This is no client id and client secret.');
  const key = JSON.parse(Buffer.from(data, 'base64url').toString('utf8')) as JsonWebKey;
  const publicKey = createPublicKey(createPrivateKey({ key, format: 'jwk' }));
  return { clientId, clientSecret, publicKey, audience };
}
