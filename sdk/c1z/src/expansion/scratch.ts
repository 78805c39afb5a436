import { rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

// A database of its own beside the one that becomes the file: whatever it grows to, the file does not. Each transaction
// writes to one of the two, so that a kill never leaves them apart.
const TABLES = `
  CREATE TABLE IF NOT EXISTS expansion.progress (
    phase TEXT NOT NULL, node INTEGER NOT NULL, hold INTEGER NOT NULL, type TEXT NOT NULL, resource TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS expansion.node (
    id INTEGER PRIMARY KEY, entitlement_id TEXT NOT NULL UNIQUE, fan INTEGER NOT NULL DEFAULT 0,
    component INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS expansion.kind (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS expansion.edge (
    src INTEGER NOT NULL, kind INTEGER NOT NULL, dst INTEGER NOT NULL, shallow INTEGER NOT NULL,
    PRIMARY KEY (src, kind, dst)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS expansion.principal (
    id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, resource TEXT NOT NULL, grant_id INTEGER NOT NULL,
    external_id TEXT NOT NULL, UNIQUE (kind, resource)
  );
  CREATE TABLE IF NOT EXISTS expansion.hold (
    id INTEGER PRIMARY KEY, node INTEGER NOT NULL, principal INTEGER NOT NULL, kind INTEGER NOT NULL,
    depth INTEGER NOT NULL, direct INTEGER NOT NULL, UNIQUE (node, principal)
  );
  CREATE TABLE IF NOT EXISTS expansion.source (
    dst INTEGER NOT NULL, principal INTEGER NOT NULL, src INTEGER NOT NULL, PRIMARY KEY (dst, principal, src)
  ) WITHOUT ROWID;
`;

/** Attaches the working tables of an expansion as `expansion`. */
export function openScratch(database: DatabaseSync, path: string): void {
  database.prepare('ATTACH ? AS expansion').run(path);
  database.exec('PRAGMA expansion.journal_mode = WAL; PRAGMA expansion.synchronous = OFF');
  database.exec('PRAGMA expansion.cache_size = -8192');
  database.exec(TABLES);
}

export function removeScratch(database: DatabaseSync, path: string): void {
  database.exec('DETACH expansion');
  for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
}
