import { statfsSync } from 'node:fs';

/**
 * Whether an error of the file system or of SQLite says that there is no room, for bytes or for one more file.
 *
 * @param folder where SQLite worked: it does not say why it could not make a file, so the file system is asked. Ask
 *   before what was made is removed again
 */
export function isDiskFull(error: unknown, folder?: string): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (code === 'ENOSPC' || code === 'EDQUOT') return true;
  if (typeof errcode !== 'number') return false;
  const kind = errcode % 256;
  if (kind === SQLITE_FULL) return true;
  return folder !== undefined && (kind === SQLITE_CANTOPEN || kind === SQLITE_IOERR) && hasNoRoom(folder);
}

const SQLITE_IOERR = 10;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;

function hasNoRoom(folder: string): boolean {
  try {
    const { bavail, files, ffree } = statfsSync(folder);
    // Some file systems make room for files as they go, and count none.
    return bavail === 0 || (files > 0 && ffree === 0);
  } catch {
    return false;
  }
}
