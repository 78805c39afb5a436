import { lstatSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SyncRecord } from '@batonkit/connector';
import type { Clock } from '@batonkit/kernel';
import { isKsuid, ksuidTime } from '@batonkit/protocol';

const BEGUN = 'batonkit-sync-';
const SERVED = 'batonkit-served-';
/** For as long a genuine parent goes on with a sync. */
const dayMs = 86_400_000;
const weekMs = 7 * dayMs;

/**
 * Which syncs a server may begin: a genuine parent whose run failed goes on with the same sync, keeps the rows that it
 * has, and starts another child. A sync is new if its id, which holds the second it was made in, is younger than this
 * server. An older one may begin if no row of it has left: an empty file says so, from its begin to its first row. Then it
 * gets another name, which forbids the sync whatever the clocks of parent and server say.
 *
 * @returns `ready` when the second of its start is over: a younger sync shows that only then
 */
export function openBegunSyncs(
  root: string,
  clock: Clock,
): SyncRecord & { ready: (signal: AbortSignal) => Promise<void> } {
  const started = clock.now();
  const nextSecond = started - (started % 1000) + 1000;
  let swept = started;
  removeOld(root, started - weekMs);
  const noteOf = (syncId: string): string => join(root, BEGUN + syncId);
  const markOf = (syncId: string): string => join(root, SERVED + syncId);
  return {
    mayBegin: (syncId) => {
      // What is no id of a genuine parent says nothing of its age.
      if (!isKsuid(syncId)) return true;
      if (clock.now() - swept > dayMs) removeOld(root, (swept = clock.now()) - weekMs);
      if (lstatSync(markOf(syncId), { throwIfNoEntry: false }) !== undefined) return false;
      const isNew = ksuidTime(syncId) >= nextSecond;
      if (isNew) writeNote(noteOf(syncId));
      return isNew || isOwn(noteOf(syncId));
    },
    rowsLeave: (syncId) => {
      if (!isKsuid(syncId)) return;
      writeNote(markOf(syncId));
      rmSync(noteOf(syncId), { force: true });
    },
    ready: async (signal) => {
      const left = nextSecond - clock.now();
      if (left > 0) await clock.sleep(left, signal);
    },
  };
}

/** Without a note an older sync is refused, which is always right. */
function writeNote(path: string): void {
  try {
    writeFileSync(path, '', { mode: 0o600, flag: 'wx' });
  } catch {
    // It is there, or cannot be.
  }
}

/** The directory may be everybody's, and the name be known from the parent's file. */
function isOwn(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.uid === (process.getuid?.() ?? found.uid);
}

function removeOld(root: string, before: number): void {
  for (const name of namesIn(root)) {
    if (!name.startsWith(BEGUN) && !name.startsWith(SERVED)) continue;
    try {
      if (isOwn(join(root, name)) && lstatSync(join(root, name)).mtimeMs < before) rmSync(join(root, name));
    } catch {
      // Another process was faster.
    }
  }
}

/** Where there is none, nothing can be served either, which is said there. */
function namesIn(root: string): string[] {
  try {
    return readdirSync(root);
  } catch {
    return [];
  }
}
