import { closeSync, existsSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import type { Random } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import type { DataDirectory } from './data-directory.ts';

const FORM = /^batonkit-key-v1 ([A-Za-z0-9_-]{43})\n?$/;

/**
 * The key of the stored secrets, from its own file (mode 0600); made at the first start.
 *
 * @throws BatonError `BK-KEY-MODE`, `BK-KEY-FORM`, and `BK-KEY-LOST` rather than a fresh key beside an old database
 */
export function loadMasterKey(data: DataDirectory, random: Random): Uint8Array {
  const path = data.keyFile;
  if (!existsSync(path)) {
    if (existsSync(data.database)) throw fail('BK-KEY-LOST', { path });
    const key = random.bytes(32);
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, `batonkit-key-v1 ${Buffer.from(key).toString('base64url')}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return key;
  }
  if ((statSync(path).mode & 0o077) !== 0) throw fail('BK-KEY-MODE', { path });
  const text = FORM.exec(readFileSync(path, 'utf8'))?.[1];
  const key = text === undefined ? undefined : Buffer.from(text, 'base64url');
  if (key?.length !== 32) throw fail('BK-KEY-FORM', { path });
  return key;
}
