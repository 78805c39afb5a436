import type { JsonWebKey } from 'node:crypto';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { SigningKey } from '@batonkit/certificate';
import { readSigningKey } from '@batonkit/certificate';
import { failC1 } from './errors.ts';

/** A connector's credential at C1 (protocol: runtime 3.1). */
export interface Credential {
  /** Whole, as it was given but for a line break at its end. */
  clientId: string;
  /** What stands before the `@`; it goes into the user agent. */
  name: string;
  /** Host, with its port if it has one: of the token endpoint and of gRPC. */
  host: string;
  /** To whom assertions are addressed: the host of the client id without its port. */
  audience: string;
  /** Signs assertions and certificates. */
  key: SigningKey;
  keyId?: string;
}

/**
 * Reads client id and secret. Sends nothing.
 *
 * @throws BatonError `BK-C1-ID`, `BK-C1-SECRET` (exit 2); no part of the secret is in them
 */
export function readCredential(givenId: string, clientSecret: string): Credential {
  // A line break at its end comes from a file or a shell.
  const clientId = givenId.replace(/[\r\n]+$/, '');
  // Its name goes into a header. One that no header takes would fail each call, and be tried again for ever.
  if (!/^[\x21\x23-\x7e]+$/.test(clientId)) throw failC1('BK-C1-ID', {});
  const at = clientId.indexOf('@');
  const slash = clientId.indexOf('/', at);
  if (at < 1 || slash < 0) throw failC1('BK-C1-ID', {});
  const host = clientId.slice(at + 1, slash);
  const audience = hostOf(host);
  if (audience === undefined) throw failC1('BK-C1-ID', {});
  return { clientId, name: clientId.slice(0, at), host, audience, ...readSecret(clientSecret) };
}

/** Host of `host[:port]` or `[v6][:port]`; undefined for anything else. */
export function hostOf(text: string): string | undefined {
  const match = /^(\[[0-9A-Fa-f:.]+\]|[^\s/@:?#[\]\\]+)(?::(\d{1,5}))?$/.exec(text);
  const [, host, port] = match ?? [];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
  return URL.canParse(`https://${text}`) ? host : undefined;
}

/** Four parts; the third is the version, the fourth a JWK in base64url (protocol: runtime 3.1). */
function readSecret(text: string): Pick<Credential, 'key' | 'keyId'> {
  const parts = text.split(':');
  // The fourth part is all that is left.
  const [, , version] = parts;
  if (parts.length < 4) throw failC1('BK-C1-SECRET', { fault: 'does not have four parts' });
  if (version !== 'v1') throw failC1('BK-C1-SECRET', { fault: 'is of a version that is not known here' });
  // A line break at its end comes from a file or a shell.
  const data = parts
    .slice(3)
    .join(':')
    .replace(/[\r\n]+$/, '');
  if (!/^[A-Za-z0-9_-]+$/.test(data)) throw failC1('BK-C1-SECRET', { fault: 'has a last part that is not base64url' });
  const jwk = jsonOf(Buffer.from(data, 'base64url').toString('utf8'));
  if (jwk === undefined) throw failC1('BK-C1-SECRET', { fault: 'holds no key' });
  if (jwk['kty'] !== 'OKP' || jwk['crv'] !== 'Ed25519' || typeof jwk['d'] !== 'string' || typeof jwk['x'] !== 'string')
    throw failC1('BK-C1-SECRET', { fault: 'holds no private Ed25519 key' });
  return { key: keyOf(jwk), ...(typeof jwk['kid'] === 'string' && jwk['kid'] !== '' ? { keyId: jwk['kid'] } : {}) };
}

function keyOf(jwk: JsonWebKey): SigningKey {
  try {
    const { kty, crv, x, d } = jwk as Record<string, string>;
    const key = readSigningKey(createPrivateKey({ key: { kty, crv, x, d } as JsonWebKey, format: 'jwk' }));
    // What is signed is checked with x: a key whose halves do not belong together signs for nobody.
    const own = createPublicKey(key.privateKey).export({ format: 'jwk' });
    if (Buffer.from(own.x ?? '', 'base64url').equals(Buffer.from(x ?? '', 'base64url'))) return key;
  } catch {
    // The cause could quote the key.
  }
  throw failC1('BK-C1-SECRET', { fault: 'holds a damaged key' });
}

function jsonOf(text: string): JsonWebKey | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonWebKey) : undefined;
  } catch {
    return undefined;
  }
}
