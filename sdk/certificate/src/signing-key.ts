import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { fail } from './errors.ts';

/** A key that signs certificates. */
export interface SigningKey {
  /** Hex SHA-256 of the 32 bytes of the public half. */
  keyId: string;
  privateKey: KeyObject;
  /** The public half as PEM, to be kept for ever: without it nobody can check what was signed. */
  publicPem: string;
}

/** The public half of a key. */
export interface VerifyingKey {
  keyId: string;
  publicKey: KeyObject;
}

/**
 * An Ed25519 private key from PEM (PKCS #8, as `openssl genpkey -algorithm ed25519` writes it), or one that is loaded.
 *
 * @throws BatonError `BK-CERT-KEY`; the key is in no message and no cause
 */
export function readSigningKey(key: string | KeyObject): SigningKey {
  const privateKey = typeof key === 'string' ? parsed(() => createPrivateKey(key), 'private') : key;
  if (privateKey.type !== 'private') throw fail('BK-CERT-KEY', { kind: 'private' });
  const publicKey = ed25519(createPublicKey(privateKey), 'private');
  return {
    keyId: keyIdOf(publicKey),
    privateKey,
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  };
}

/**
 * An Ed25519 public key from PEM. A private one is refused: it has no place where certificates are checked.
 *
 * @throws BatonError `BK-CERT-KEY`
 */
export function readVerifyingKey(pem: string): VerifyingKey {
  if (pem.includes('PRIVATE KEY')) throw fail('BK-CERT-KEY', { kind: 'public' });
  const publicKey = ed25519(
    parsed(() => createPublicKey(pem), 'public'),
    'public',
  );
  return { keyId: keyIdOf(publicKey), publicKey };
}

function parsed(parse: () => KeyObject, kind: 'private' | 'public'): KeyObject {
  try {
    return parse();
  } catch {
    // The cause could quote the key.
    throw fail('BK-CERT-KEY', { kind });
  }
}

function ed25519(key: KeyObject, kind: 'private' | 'public'): KeyObject {
  if (key.asymmetricKeyType !== 'ed25519') throw fail('BK-CERT-KEY', { kind });
  return key;
}

function keyIdOf(publicKey: KeyObject): string {
  const { x } = publicKey.export({ format: 'jwk' });
  return createHash('sha256')
    .update(Buffer.from(x ?? '', 'base64url'))
    .digest('hex');
}
