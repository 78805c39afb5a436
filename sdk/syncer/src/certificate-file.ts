import { lstat, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isDiskFull } from '@batonkit/kernel';
import { fail } from './errors.ts';

/**
 * Before the first request, as the file would have to go again if its certificate cannot be stored.
 *
 * @throws BatonError `BK-CERT-WRITE`
 */
export async function checkCertificateTarget(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    const why = error.code === 'ENAMETOOLONG' ? 'the name is too long' : 'the system refuses it';
    throw fail('BK-CERT-WRITE', { path, why }, { cause: error });
  });
  if (found?.isDirectory()) throw fail('BK-CERT-WRITE', { path, why: 'it is a folder' });
}

/** Writes a text so that it is on the disk. @throws BatonError `BK-DISK`, which names `target` */
export async function writeDurably(path: string, text: string, target: string): Promise<void> {
  try {
    await using file = await open(path, 'w', 0o600);
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    if (isDiskFull(error)) throw fail('BK-DISK', { path: target }, { cause: error });
    throw error;
  }
}

/** Puts the certificate beside its file, or undoes the saving of that: a file never lies there without it. */
export async function placeCertificate(staged: string, target: string, undo: () => Promise<void>): Promise<void> {
  try {
    await rename(staged, target);
  } catch (error) {
    await undo();
    throw error;
  }
  await using directory = await open(dirname(target), 'r');
  await directory.sync();
}
