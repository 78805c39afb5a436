import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newestRuns, type Queryable } from '@batonkit/console-store';
import type { DataDirectory } from '../data/data-directory.ts';

/** Of each connector the logs of so many runs are kept. */
export const KEPT_LOGS = 20;

/** Removes logs of runs that are not among the newest of their connector. */
export async function sweepLogs(db: Queryable, data: DataDirectory): Promise<void> {
  const names = await readdir(data.logs);
  if (names.length <= KEPT_LOGS) return;
  // After the names: a run that begins meanwhile is among the newest, then.
  const kept = new Set(await newestRuns(db, KEPT_LOGS));
  for (const name of names) {
    const [runId] = name.split('.');
    if (!kept.has(runId ?? '')) await rm(join(data.logs, name), { force: true });
  }
}
