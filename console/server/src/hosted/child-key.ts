import { createPrivateKey } from 'node:crypto';
import { readSigningKey } from '@batonkit/certificate';
import type { Random } from '@batonkit/kernel';

/** A key that signs the certificate of one child. Its private half is given to that child and stored nowhere. */
export interface ChildKey {
  privatePem: string;
  publicPem: string;
  keyId: string;
}

/** PKCS #8 of an Ed25519 key before its 32 bytes (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export function makeChildKey(random: Random): ChildKey {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8, random.bytes(32)]),
    format: 'der',
    type: 'pkcs8',
  });
  const { publicPem, keyId } = readSigningKey(privateKey);
  return { privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string, publicPem, keyId };
}
