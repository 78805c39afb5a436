import { access, constants, lstat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fail } from './errors.ts';

/**
 * Whether a sync may write to `path`; called before the first request, so that nobody waits for a sync that cannot be
 * saved.
 *
 * @throws BatonError `BK-C1Z-EXISTS`, `BK-C1Z-WRITE`
 */
export async function checkTarget(path: string): Promise<void> {
  // A folder would be made below that name, and the file could not be.
  if (/[/\\]$/.test(path)) throw fail('BK-C1Z-WRITE', { path, why: 'it is the name of a folder' });
  const existing = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw fail('BK-C1Z-WRITE', { path, why: why(error) }, { cause: error });
  });
  if (existing?.isDirectory()) throw fail('BK-C1Z-WRITE', { path, why: 'it is a folder' });
  if (existing !== undefined) throw fail('BK-C1Z-EXISTS', { path });
  const folder = dirname(resolve(path));
  await access(folder, constants.W_OK | constants.X_OK).catch((error: NodeJS.ErrnoException) => {
    throw fail('BK-C1Z-WRITE', { path, why: why(error) }, { cause: error });
  });
}

function why(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return 'its folder does not exist';
    case 'ENOTDIR':
      return 'a part of the path is not a folder';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not write there';
    case 'ENAMETOOLONG':
      return 'the name is too long';
    case 'EROFS':
      return 'the file system is read-only';
    default:
      return 'the system refuses it';
  }
}
