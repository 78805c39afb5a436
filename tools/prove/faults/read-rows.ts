import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import type { State } from './states.ts';

/** What a finished file says, read with nothing of ours: five bytes of header, zstd, SQLite. */
export function readRows(file: string): State {
  const copy = `${file}.judged`;
  writeFileSync(copy, zstdDecompressSync(readFileSync(file).subarray(5)));
  const database = new DatabaseSync(copy, { readOnly: true });
  try {
    const run = database
      .prepare('SELECT sync_id FROM v1_sync_runs WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1')
      .get() as { sync_id: string };
    const ids = (type: string): ReadonlySet<string> =>
      new Set(
        database
          .prepare('SELECT external_id FROM v1_resources WHERE resource_type_id = ? AND sync_id = ?')
          .all(type, run.sync_id)
          .map((row) => String(row['external_id']).slice(type.length + 1)),
      );
    const pairs = database
      .prepare('SELECT principal_resource_id AS user, resource_id AS role FROM v1_grants WHERE sync_id = ?')
      .all(run.sync_id)
      .map(({ user, role }) => `${String(user)} ${String(role)}`);
    return { users: ids('user'), roles: ids('role'), pairs: new Set(pairs) };
  } finally {
    database.close();
    rmSync(copy);
  }
}
