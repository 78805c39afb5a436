import type { SyncRun } from './sync-run.ts';

/** Finished full runs that a file has, the new one included, if nobody wants more (protocol: c1z.md 3.6). */
const FULL_RUNS = 2;
const SMALLER = new Set(['partial', 'resources_only']);
const DIFFS = new Set(['partial_upserts', 'partial_deletions']);

/**
 * Which runs a file keeps when a new one is added: unfinished ones, as they are nobody's to delete; the newest finished
 * full run, with the new one two; smaller ones that are not older than a full run that goes; the newest diff with its
 * other half.
 *
 * @param runs in the order in which they were begun
 * @param most full runs, the new one included; Infinity: every run stays
 */
export function retainedRuns(runs: readonly SyncRun[], most = FULL_RUNS): SyncRun[] {
  if (most === Infinity) return [...runs];
  const finished = runs.filter(({ endedAt }) => endedAt !== null);
  const full = finished.filter(({ type }) => !SMALLER.has(type) && !DIFFS.has(type));
  const gone = full.slice(0, Math.max(0, full.length - (most - 1)));
  // The new run is not there yet, so the newest that goes marks what is out of date.
  const cutOff = gone.at(-1)?.startedAt;
  const deleted = new Set<SyncRun>(gone);
  for (const run of finished) {
    if (SMALLER.has(run.type) && cutOff !== undefined && (run.endedAt ?? 0) < cutOff) deleted.add(run);
  }
  const diffs = finished.filter(({ type }) => DIFFS.has(type));
  const newest = diffs.at(-1);
  if (diffs.length > 2 && newest !== undefined) {
    for (const run of diffs) if (run !== newest && run.id !== newest.linkedId) deleted.add(run);
  }
  return runs.filter((run) => !deleted.has(run));
}
