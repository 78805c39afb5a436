import { lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Clock, OsLock } from '@batonkit/kernel';
import { acquireOsLock, BatonError, isDiskFull } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import { failC1 } from './errors.ts';

/** Where one task works; gone when disposed. */
export interface TaskFolder extends Disposable {
  readonly path: string;
  /** Below it, for the syncer and the connector. */
  readonly work: string;
}

/** Only folders of these names are ever deleted: those worked in, and those that are not locked yet. */
const WORKED_IN = 'batonkit-task-';
const NEW = 'batonkit-new-';
const LOCK = 'lock';
/** So long a new folder may belong to a process that is just making it, and one without a lock to one that removes it. */
const YOUNG_MS = 60 * 60_000;

/**
 * Makes a folder for one task in the temporary directory, locked: another process that cleans up leaves it alone, however
 * alike the processes of two containers look. It gets its name once it is locked, so that at no moment it looks like one
 * of a process that died.
 *
 * @throws BatonError `BK-TASK-DIR`, `BK-DISK`
 */
export function openTaskFolder(directory: string): TaskFolder {
  let path: string | undefined;
  let lock: OsLock | undefined;
  try {
    path = mkdtempSync(join(directory, NEW));
    lock = acquireOsLock(join(path, LOCK), path);
    mkdirSync(join(path, 'work'), { mode: 0o700 });
    const named = join(directory, WORKED_IN + basename(path).slice(NEW.length));
    renameSync(path, named);
    const folder = { path: named, lock };
    return { path: named, work: join(named, 'work'), [Symbol.dispose]: () => remove(folder.path, folder.lock) };
  } catch (error) {
    // Said before it is removed again, as that makes room.
    const explained = explain(error, directory);
    if (path !== undefined) remove(path, lock);
    throw explained;
  }
}

/**
 * Removes what killed processes left in the temporary directory. Answers how many folders that were; a directory that
 * cannot be read has none.
 */
export function removeLeftovers(directory: string, clock: Clock): number {
  let removed = 0;
  for (const name of namesIn(directory)) {
    const path = join(directory, name);
    try {
      const found = lstatSync(path);
      const isOurs = found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid());
      if (!isOurs) continue;
      const hasLock = lstatSync(join(path, LOCK), { throwIfNoEntry: false }) !== undefined;
      const isYoung = clock.now() - found.mtimeMs < YOUNG_MS;
      if (isYoung && (!hasLock || name.startsWith(NEW))) continue;
      // Whoever works in it has the lock; the kernel took it from those who died.
      remove(path, hasLock ? acquireOsLock(join(path, LOCK), path) : undefined);
      removed += 1;
    } catch {
      // Of a process that lives, or gone meanwhile.
    }
  }
  return removed;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.startsWith(WORKED_IN) || name.startsWith(NEW));
  } catch {
    return [];
  }
}

function remove(path: string, lock: OsLock | undefined): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // On a file system that became read-only it stays for the next clean-up; the task is not the worse for it.
  }
  try {
    lock?.[Symbol.dispose]();
  } catch {
    // Its file is gone.
  }
}

const reasons: Record<string, string> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is no folder',
};

/** What the system says about a place that cannot be written, as an error of ours. */
function explain(error: unknown, path: string): unknown {
  if (error instanceof BatonError) return error;
  if (isDiskFull(error, path)) return fail('BK-DISK', { path }, { cause: error });
  const { code = '' } = error as { code?: string };
  return failC1('BK-TASK-DIR', { path, reason: reasons[code] ?? 'the system refuses it' }, { cause: error });
}
