import type { DatabaseSync } from 'node:sqlite';

/** Every row is of one run: then an index alone answers what is asked about it. */
export function holdsOneRun(database: DatabaseSync): boolean {
  return database.prepare('SELECT count(*) AS count FROM v1_sync_runs').get()?.['count'] === 1;
}
