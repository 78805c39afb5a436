import type { DatabaseSync } from 'node:sqlite';
import { isKsuid } from '@batonkit/protocol';
import { COLUMNS } from './columns.ts';
import type { SyncRun } from './sync-run.ts';

/**
 * What keeps a run from being the whole of a tenant (protocol: c1z.md 6), or of the narrower part that was asked for, in
 * sentences; empty: nothing.
 */
export function syncProblems(
  database: DatabaseSync,
  runs: readonly SyncRun[],
  sync: SyncRun | undefined,
  narrowed: boolean,
): string[] {
  if (runs.length === 0) return ['it holds no sync'];
  if (sync === undefined || sync.endedAt === null) return ['the sync did not finish'];
  const count = (sql: string, ...values: string[]): number =>
    Number(database.prepare(`SELECT count(*) AS count FROM ${sql}`).get(...values)?.['count']);
  const strays = Object.keys(COLUMNS).reduce(
    (sum, table) => sum + count(`${table} WHERE sync_id NOT IN (SELECT sync_id FROM v1_sync_runs)`),
    0,
  );
  const types = count('v1_resource_types WHERE sync_id = ?', sync.id);
  return [
    ...(sync.type === 'full' || narrowed ? [] : [`the sync is of type ${sync.type}, which is not the whole tenant`]),
    ...(isKsuid(sync.id) ? [] : ['the sync id is not a KSUID']),
    ...(sync.endedAt < sync.startedAt ? ['the sync ends before it starts'] : []),
    ...(types === 0 ? ['it lists no resource types'] : []),
    ...(strays === 0 ? [] : [`${strays} rows are of no sync`]),
    ...dropped(sync.token),
  ];
}

/** What the syncer left out, by its own account in the sync token (protocol: messages.md, IngestQualityStats). */
function dropped(token: string): string[] {
  if (token === '') return [];
  let quality: unknown;
  try {
    quality = (JSON.parse(token) as { ingest_quality?: unknown } | null)?.ingest_quality;
  } catch {
    return ['its sync token is not JSON'];
  }
  if (quality === undefined || quality === null) return [];
  if (typeof quality !== 'object') return ['the quality of its rows is noted in an unknown form'];
  return Object.entries(quality)
    .filter(([name, value]) => /_(dropped|observed)$/.test(name) && value !== 0 && value !== '0')
    .map(([name, value]) => `its writer noted ${name.replaceAll('_', ' ')}: ${String(value)}`);
}
