import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acquireOsLock } from '@batonkit/kernel';
import type { Clock } from '@batonkit/kernel';
import type { Db } from './db.ts';
import { startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { PostgresDb } from './postgres.ts';
import { voidLeases } from './runs.ts';

export interface StoreOptions {
  /** Made when absent, mode 0700. The store uses `db`, `socket` and `database.lock` in it. */
  dataDir: string;
  clock: Clock;
  /** Makes public ids: KSUIDs. */
  newId: () => string;
  /** Numbered SQL files; the store's own when absent. */
  migrations?: string;
}

export interface Store extends AsyncDisposable {
  readonly db: Db;
  /** Ends the database in order and frees its lock; the same as disposing. */
  close(): Promise<void>;
}

const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));

/**
 * Opens the database of a data directory: takes its lock, starts the database, brings it to the newest form and voids
 * every lease, as the lock proves that no worker lives.
 *
 * @throws BatonError `BK-LOCK` (exit 9) when another process has it, `BK-DB-START`, `BK-DB-PATH`, `BK-MIGRATION`,
 *   `BK-MIGRATION-NEWER`
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  await using undo = new AsyncDisposableStack();
  undo.use(acquireOsLock(join(options.dataDir, 'database.lock'), 'the data directory'));
  const embedded = await startEmbedded(options.dataDir);
  undo.defer(() => embedded.close());
  // The embedded database works off one query at a time in one session, so a second connection would gain nothing.
  const db = undo.use(new PostgresDb({ ...embedded, connections: 1, clock: options.clock, newId: options.newId }));
  await migrate(db, options.migrations ?? MIGRATIONS);
  await db.transaction(voidLeases);

  const resources = undo.move();
  const close = (): Promise<void> => resources.disposeAsync();
  return { db, close, [Symbol.asyncDispose]: close };
}
