import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { fromColumnTime, toColumnTime } from './column-time.ts';
import { countRows, statsColumn } from './count-rows.ts';
import type { RowCounts } from './count-rows.ts';
import { fail } from './errors.ts';
import { holdsOneRun } from './holds-one-run.ts';
import { copyRuns } from './readable-tables.ts';
import { COLUMNS } from './columns.ts';
import type { DataTable } from './columns.ts';
import { release } from './release.ts';
import { INDEXES, TABLES } from './schema.ts';
import { TableInsert } from './table-insert.ts';
import type { TableRows } from './table-insert.ts';

/** The run that is being written. */
export interface NewSync {
  /** A KSUID. */
  id: string;
  type: 'full' | 'resources_only' | 'partial';
  /** Milliseconds since the epoch. */
  startedAt: number;
}

/** Encoded rows, and where the sync stands after them. */
export interface EncodedBatch {
  rows: Partial<Record<DataTable, TableRows>>;
  checkpoint: string;
  discoveredAt: string;
}

/** Runs of an earlier file that are kept. */
export interface Kept {
  database: string;
  ids: string[];
  /** Of the file, for messages. */
  path: string;
}

/** Where an unfinished sync stands. */
export interface Unfinished {
  sync: NewSync;
  /** The sync token of its last commit. */
  checkpoint: string;
}

/** The database in the working folder, until it is compressed. All of it is synchronous. */
export class WorkDatabase {
  readonly sync: NewSync;
  /** For what is done in it besides, outside of a transaction of this class. */
  get connection(): DatabaseSync {
    return this.database;
  }

  private readonly database: DatabaseSync;
  private readonly inserts: Record<DataTable, TableInsert>;
  private readonly checkpoint: StatementSync;

  private constructor(database: DatabaseSync, sync: NewSync) {
    this.database = database;
    this.sync = sync;
    this.inserts = Object.fromEntries(
      (Object.keys(COLUMNS) as DataTable[]).map((table) => [table, new TableInsert(database, table, sync.id)]),
    ) as Record<DataTable, TableInsert>;
    this.checkpoint = database.prepare('UPDATE v1_sync_runs SET sync_token = ? WHERE sync_id = ?');
  }

  static begin(path: string, sync: NewSync, kept?: Kept): WorkDatabase {
    const database = openForWork(path);
    try {
      for (const table of TABLES) database.exec(table);
      // Those of few rows: nothing to keep up to date, and one pass over all grants less for each of them.
      for (const index of INDEXES) if (index.includes(' where ')) database.exec(index);
      if (kept !== undefined) copyRuns(database, kept.database, kept.ids, kept.path);
      // Of a partial run: the last whole one that it is a part of (protocol: c1z.md 3.1).
      const parent =
        sync.type !== 'partial'
          ? undefined
          : database
              .prepare(
                `SELECT sync_id FROM v1_sync_runs WHERE sync_type = 'full' AND ended_at IS NOT NULL
                 ORDER BY ended_at DESC, sync_id DESC LIMIT 1`,
              )
              .get();
      database
        .prepare(
          `INSERT INTO v1_sync_runs
             (sync_id, started_at, sync_token, sync_type, parent_sync_id, supports_diff, grants_backfilled)
           VALUES (?, ?, '', ?, ?, ?, 1)`,
        )
        .run(sync.id, toColumnTime(sync.startedAt), sync.type, parent?.['sync_id'] ?? '', sync.type === 'full' ? 1 : 0);
      return new WorkDatabase(database, sync);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Opens what `begin` made, after the process that did has ended in whatever way. */
  static resume(path: string, sync: NewSync): WorkDatabase {
    const database = openForWork(path);
    try {
      // That process may have ended after the end of the run was written and before the file appeared.
      database.prepare('UPDATE v1_sync_runs SET ended_at = NULL, stats = NULL WHERE sync_id = ?').run(sync.id);
      return new WorkDatabase(database, sync);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** What `resume` would go on with; undefined when it is damaged. Changes nothing. */
  static look(path: string): Unfinished | undefined {
    try {
      using database = new DatabaseSync(path);
      if (database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] !== 'ok') return undefined;
      const run = database.prepare('SELECT * FROM v1_sync_runs ORDER BY id DESC LIMIT 1').get();
      const startedAt = fromColumnTime(String(run?.['started_at']));
      if (run === undefined || startedAt === undefined) return undefined;
      return {
        sync: { id: String(run['sync_id']), type: run['sync_type'] as NewSync['type'], startedAt },
        checkpoint: String(run['sync_token']),
      };
    } catch {
      return undefined;
    }
  }

  get isOpen(): boolean {
    return this.database.isOpen;
  }

  /** The stored messages of the listed resource types. */
  resourceTypes(): Uint8Array[] {
    const rows = this.database.prepare('SELECT data FROM v1_resource_types WHERE sync_id = ?').all(this.sync.id);
    return rows.map(({ data }) => data as Uint8Array);
  }

  /** Rows and checkpoint in one transaction. The memory of the messages is released. */
  commit(batch: EncodedBatch): void {
    this.stage(batch);
    this.flush();
  }

  /** As `commit`, but the transaction goes on until `flush`; an error undoes all of it. */
  stage({ rows, checkpoint, discoveredAt }: EncodedBatch): void {
    try {
      if (!this.database.isTransaction) this.database.exec('BEGIN');
      for (const [table, values] of Object.entries(rows) as [DataTable, TableRows][])
        refusingDuplicates(table, () => this.inserts[table].insert(values, discoveredAt));
      for (const { messages } of Object.values(rows)) release(messages.bytes);
      this.checkpoint.run(checkpoint, this.sync.id);
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  flush(): void {
    if (!this.database.isTransaction) return;
    try {
      this.database.exec('COMMIT');
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Makes the indexes that stand before the grants', outside of a transaction; later rows of those tables cost more. */
  indexBeforeGrants(): void {
    for (const index of INDEXES) {
      if (index.includes(' on v1_grants ')) return;
      this.createIndex(index);
    }
  }

  /** The steps of the end, each short enough for others to wait for; then the database is final, and closed. */
  *end(endedAt: number): Generator<void, RowCounts> {
    // Indexes are new pages, which a rollback journal need not save and a write-ahead log would write twice. They are
    // sorted in pieces as large as the cache: small ones stay near the processor (an eighth faster, measured).
    this.database.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE; PRAGMA cache_size = -2048');
    yield;
    for (const index of INDEXES) {
      this.createIndex(index);
      yield;
    }
    const counts = countRows(this.database, this.sync.id, holdsOneRun(this.database));
    this.database.prepare('DELETE FROM v1_connector_sessions WHERE sync_id = ?').run(this.sync.id);
    this.database
      .prepare('UPDATE v1_sync_runs SET ended_at = ?, stats = ? WHERE sync_id = ?')
      .run(toColumnTime(endedAt), statsColumn(counts), this.sync.id);
    this.close();
    return counts;
  }

  close(): void {
    if (this.database.isOpen) this.database.close();
  }

  private createIndex(sql: string): void {
    const [, name = '', table = ''] = /INDEX (\w+) on (\w+)/.exec(sql) ?? [];
    // A process that ended in its end has made some.
    const made = this.database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?").get(name);
    if (made === undefined) refusingDuplicates(table, () => this.database.exec(sql));
  }
}

/** One id twice is seen when its index is made, or, once there is one, when the row is stored. */
function refusingDuplicates(table: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== CONSTRAINT_UNIQUE) throw error;
    throw fail('BK-C1Z-DUPLICATE', { table: table.replace('v1_', '').replace('_', ' ') }, { cause: error });
  }
}

/** SQLITE_CONSTRAINT_UNIQUE */
const CONSTRAINT_UNIQUE = 2067;

function openForWork(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    chmodSync(path, 0o600);
    // Without a journal a kill loses the database; with WAL and synchronous off only the power can.
    database.exec(
      'PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 4000',
    );
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
