import { lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { OsLock } from '@batonkit/kernel';
import { acquireOsLock, BatonError } from '@batonkit/kernel';
import { hasUnfinishedSync } from '@batonkit/syncer';
import { fail } from '../errors.ts';

/** `<file>.partial`, locked; gone when disposed, unless it holds a sync that can be gone on with. */
export interface WorkDirectory extends Disposable {
  readonly path: string;
}

const LOCK = 'lock';

/**
 * Opens the working directory of a file. What a run left there stays if it is an unfinished sync; whether
 * that is gone on with is for the syncer to decide. Everything else goes.
 *
 * @throws BatonError `BK-LOCK` (exit 9) when another process works on the same file; nothing of its
 *   work is touched; `BK-WORK` when something else than a folder of this user has its name
 */
export function openWorkDirectory(file: string): WorkDirectory {
  const path = `${file}.partial`;
  const lock = takeLock(path, `${basename(file)} (its working directory is ${basename(path)})`);
  if (!hasUnfinishedSync(path)) empty(path);
  return {
    path,
    [Symbol.dispose]: () => {
      if (!hasUnfinishedSync(path)) empty(path);
      // The lock file goes while it is held, so that no other run can be inside the directory; then the
      // directory, if no other run has begun in it since.
      for (const name of lockFiles(path)) rmSync(join(path, name), { force: true });
      try {
        rmdirSync(path);
      } catch {
        // It holds an unfinished sync, or another run has begun here, and the directory is now its own.
      }
      lock[Symbol.dispose]();
    },
  };
}

function takeLock(path: string, what: string): OsLock {
  for (let tries = 0; ; tries += 1) {
    makeOwn(path);
    try {
      const lock = acquireOsLock(join(path, LOCK), what);
      if (isStillThere(path)) return lock;
      lock[Symbol.dispose]();
    } catch (error) {
      // A run that is just ending may take the directory away between the two lines.
      if (error instanceof BatonError || tries >= 10) throw error;
    }
  }
}

/**
 * Everything in the directory is deleted, so it must be one that this program made. In a folder where
 * others may write, somebody could put a link there that leads to files of ours.
 */
function makeOwn(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return;
    if (!found.isDirectory()) throw fail('BK-WORK', { path, what: found.isSymbolicLink() ? 'a link' : 'a file' });
    if (process.getuid !== undefined && found.uid !== process.getuid())
      throw fail('BK-WORK', { path, what: 'the folder of another user' });
  }
}

/**
 * Whether the lock that we hold is on the file that has the name now: a second lock on it must fail. A
 * run that ends unlinks its lock file, and a lock on an unlinked file keeps nobody out.
 */
function isStillThere(path: string): boolean {
  try {
    acquireOsLock(join(path, LOCK), '')[Symbol.dispose]();
    return false;
  } catch (error) {
    if (error instanceof BatonError) return true;
    throw error;
  }
}

function empty(path: string): void {
  for (const name of readdirSync(path)) {
    if (!isLockFile(name)) rmSync(join(path, name), { recursive: true, force: true });
  }
}

const isLockFile = (name: string): boolean => name === LOCK || name.startsWith(`${LOCK}-`);
const lockFiles = (path: string): string[] => readdirSync(path).filter(isLockFile);
