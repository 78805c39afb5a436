import { sign, verify } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Certificate } from './certificate.ts';
import type { SigningKey, VerifyingKey } from './signing-key.ts';

/** Before every message: the same key signs other things, too, and none may pass for another. */
const PREFIX = 'batonkit certificate v1\n';

/**
 * What a signature says: `unsigned`, there is none; `unknown-key`, none of the keys at hand made it; `valid`;
 * `invalid`, it names a key at hand and is not of this text.
 */
export type SignatureState = 'unsigned' | 'unknown-key' | 'valid' | 'invalid';

/** The same certificate, signed: Ed25519 over the prefix and the canonical JSON of all members but `signature`. */
export function signCertificate(certificate: Certificate, key: SigningKey): Certificate {
  const named: Certificate = { ...certificate, key_id: key.keyId };
  return { ...named, signature: sign(null, messageOf(named), key.privateKey).toString('base64url') };
}

export function checkSignature(certificate: Certificate, keys: readonly VerifyingKey[]): SignatureState {
  if (certificate.signature === 'unsigned') return 'unsigned';
  const key = keys.find(({ keyId }) => keyId === certificate.key_id);
  if (key === undefined) return 'unknown-key';
  const signature = Buffer.from(certificate.signature, 'base64url');
  return verify(null, messageOf(certificate), key.publicKey, signature) ? 'valid' : 'invalid';
}

function messageOf(certificate: Certificate): Buffer {
  const { signature: _, ...body } = certificate;
  return Buffer.from(PREFIX + canonicalJson(body), 'utf8');
}
