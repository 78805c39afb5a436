import type { DatabaseSync } from 'node:sqlite';
import { exactTime, fromColumnTime } from './column-time.ts';

/** A run in the file. Times are milliseconds since the epoch. */
export interface SyncRun {
  id: string;
  /** `full`, `resources_only`, `partial`; diff outputs have two more (protocol: c1z.md 3.1). */
  type: string;
  startedAt: number;
  /** Null: unfinished. */
  endedAt: number | null;
  token: string;
  parentId: string;
  linkedId: string;
  /** The times as RFC 3339 in UTC, as exact as the file has them. */
  exact: { startedAt: string; endedAt: string | null };
  /** The text of the `stats` column; null when there is none. */
  stats: string | null;
}

/** Runs that a file may have: real ones have a handful, and all are held in memory. */
const RUNS = 10_000;

/** All runs, in the order in which they were begun; else what keeps them from being read, as the end of a sentence. */
export function readSyncRuns(database: DatabaseSync): SyncRun[] | string {
  const runs: SyncRun[] = [];
  for (const row of database.prepare('SELECT * FROM v1_sync_runs ORDER BY id LIMIT ?').all(RUNS + 1)) {
    if (runs.length === RUNS) return 'it has more syncs than any file';
    const started = timeOf(row['started_at']);
    const ended = row['ended_at'] === null ? null : timeOf(row['ended_at']);
    if (started === undefined || ended === undefined) return 'a time has a form that cannot be read';
    runs.push({
      id: String(row['sync_id']),
      type: String(row['sync_type']),
      startedAt: started.milliseconds,
      endedAt: ended?.milliseconds ?? null,
      token: String(row['sync_token']),
      parentId: String(row['parent_sync_id']),
      linkedId: String(row['linked_sync_id']),
      exact: { startedAt: started.exact, endedAt: ended?.exact ?? null },
      stats: row['stats'] === null ? null : String(row['stats']),
    });
  }
  return runs;
}

/** The finished runs, the newest first (protocol: c1z.md 3.5; ids tell runs of one instant apart). */
export function newestFirst(runs: readonly SyncRun[]): SyncRun[] {
  const key = ({ exact, id }: SyncRun): [string, string] => [exact.endedAt?.slice(0, -1) ?? '', id];
  return runs.filter(({ endedAt }) => endedAt !== null).toSorted((a, b) => compare(key(b), key(a)));
}

function compare([time, id]: [string, string], [otherTime, otherId]: [string, string]): number {
  if (time !== otherTime) return time < otherTime ? -1 : 1;
  return id === otherId ? 0 : id < otherId ? -1 : 1;
}

function timeOf(text: unknown): { milliseconds: number; exact: string } | undefined {
  if (typeof text !== 'string') return undefined;
  const milliseconds = fromColumnTime(text);
  return milliseconds === undefined ? undefined : { milliseconds, exact: exactTime(text, milliseconds) };
}
