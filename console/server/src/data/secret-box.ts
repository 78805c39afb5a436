import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from '@batonkit/kernel';
import { fail } from '../errors.ts';

/** Where a secret belongs; it cannot be opened anywhere else, so moving rows in the database gains nothing. */
export interface SecretPlace {
  connectorId: string;
  field: string;
}

export interface SecretBox {
  seal(secret: string, place: SecretPlace): Uint8Array;
  /** @throws BatonError `BK-SECRET-STORE` */
  open(sealed: Uint8Array, place: SecretPlace): string;
}

const VERSION = 1;
const NONCE = 12;
const TAG = 16;

/** AES-256-GCM with a fresh nonce a secret. Form: version, nonce, tag, ciphertext. */
export function createSecretBox(key: Uint8Array, random: Random): SecretBox {
  const about = ({ connectorId, field }: SecretPlace): Buffer =>
    Buffer.from(JSON.stringify(['batonkit secret', VERSION, connectorId, field]));
  return {
    seal: (secret, place) => {
      const nonce = random.bytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(about(place));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([Uint8Array.of(VERSION), nonce, cipher.getAuthTag(), text]);
    },
    open: (sealed, place) => {
      try {
        if (sealed[0] !== VERSION || sealed.length < 1 + NONCE + TAG) throw new Error('Another form.');
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + NONCE), { authTagLength: TAG })
          .setAAD(about(place))
          .setAuthTag(sealed.subarray(1 + NONCE, 1 + NONCE + TAG));
        return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE + TAG)), decipher.final()]).toString('utf8');
      } catch (error) {
        throw fail('BK-SECRET-STORE', {}, { cause: error });
      }
    },
  };
}
