import { access, constants, lstat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BatonError } from '@batonkit/kernel';
import { explainWrite, fail } from './errors.ts';
import { openReader } from './open-c1z.ts';
import { retainedRuns } from './retained-runs.ts';

/** What lies at a target; it may not change while a sync runs. Undefined: nothing does. */
export type TargetMark = string | undefined;

/**
 * Whether a sync may write to `path`; called before the first request, so that nobody waits for a sync that cannot be
 * saved. A healthy file of version 1 may: the sync joins its runs. It is read for that, if there is a folder to do it in.
 *
 * @param workDir of this run alone; without it only the place is looked at
 * @throws BatonError `BK-C1Z-EXISTS`, `BK-C1Z-WRITE`, `BK-DISK`
 */
export async function checkTarget(path: string, workDir?: string): Promise<void> {
  const mark = await markTarget(path);
  if (mark === undefined || workDir === undefined) return;
  try {
    await runsToKeep(path, workDir);
  } catch (error) {
    throw explainWrite(error, path, workDir);
  }
}

/**
 * The cheap half of `checkTarget`: the place, and a mark of the file that lies there.
 *
 * @throws BatonError `BK-C1Z-EXISTS`, `BK-C1Z-WRITE`
 */
export async function markTarget(path: string): Promise<TargetMark> {
  // A folder would be made below that name, and the file could not be.
  if (/[/\\]$/.test(path)) throw fail('BK-C1Z-WRITE', { path, why: 'it is the name of a folder' });
  const existing = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw fail('BK-C1Z-WRITE', { path, why: why(error) }, { cause: error });
  });
  if (existing?.isDirectory()) throw fail('BK-C1Z-WRITE', { path, why: 'it is a folder' });
  // A rename would replace a link, and not the file that it leads to.
  if (existing !== undefined && !existing.isFile()) throw fail('BK-C1Z-EXISTS', { path, why: 'it is no plain file' });
  const needed: [string, number][] = [[dirname(resolve(path)), constants.W_OK | constants.X_OK]];
  if (existing !== undefined) needed.push([path, constants.R_OK | constants.W_OK]);
  for (const [place, mode] of needed) {
    await access(place, mode).catch((error: NodeJS.ErrnoException) => {
      throw fail('BK-C1Z-WRITE', { path, why: why(error) }, { cause: error });
    });
  }
  // An empty file holds nothing to be kept; whoever made it wants it filled.
  if (existing === undefined || existing.size === 0) return undefined;
  return `${existing.dev} ${existing.ino} ${existing.size} ${existing.mtimeMs}`;
}

export interface KeepOptions {
  /** Called with the unpacked database, which is gone afterwards. */
  take?: (database: string, ids: string[]) => void;
  /** Of the new run. */
  startedAt?: number;
  /** As `retainedRuns` has it. */
  keepRuns?: number | undefined;
}

/**
 * The ids of the runs that a file keeps when a new one is added.
 *
 * @throws BatonError `BK-C1Z-EXISTS`
 */
export async function runsToKeep(
  path: string,
  workDir: string,
  { take = () => undefined, startedAt = Infinity, keepRuns }: KeepOptions = {},
): Promise<void> {
  try {
    await using file = await openReader(path, { workDir });
    if (file.syncs().length === 0) throw fail('BK-C1Z-CONTENT', { path, how: 'it holds no sync' });
    const [problem] = file.quickProblems();
    if (problem !== undefined) throw fail('BK-C1Z-DAMAGED', { path, how: 'its database is malformed' });
    // Local wall clock, or a clock that was wrong. Every reader shows the run that ended last.
    if (file.syncs().some(({ endedAt }) => endedAt !== null && endedAt >= startedAt))
      throw fail('BK-C1Z-EXISTS', { path, why: 'one of its syncs ends in the future and would hide the new one' });
    take(
      file.databasePath,
      retainedRuns(file.syncs(), keepRuns).map(({ id }) => id),
    );
  } catch (error) {
    const reason = error instanceof BatonError ? REASONS[error.code] : undefined;
    if (reason === undefined) throw error;
    throw fail('BK-C1Z-EXISTS', { path, why: reason }, { cause: error });
  }
}

const REASONS: Record<string, string> = {
  'BK-C1Z-MAGIC': 'it is not a .c1z file',
  'BK-C1Z-V3': 'it is of version 3 (pebble), which this release does not read',
  'BK-C1Z-DAMAGED': 'it is damaged',
  'BK-C1Z-CONTENT': 'it does not hold what a .c1z must',
  'BK-C1Z-TOO-LARGE': 'it unpacks to too much',
  'BK-C1Z-READ': 'it cannot be read',
};

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
