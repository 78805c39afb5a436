import { chmodSync, existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '@batonkit/kernel';
import { fromBinary } from '@bufbuild/protobuf';
import { ResourceTypeSchema } from '@batonkit/protocol';
import type { Entitlement, Grant, Resource, ResourceType } from '@batonkit/protocol';
import { checkReferences } from './check-references.ts';
import { checkTarget } from './check-target.ts';
import { fromColumnTime, toColumnTime } from './column-time.ts';
import { contentDigest } from './content-digest.ts';
import { countRows, statsColumn } from './count-rows.ts';
import type { RowCounts } from './count-rows.ts';
import { compressEnvelope } from './envelope.ts';
import type { Written } from './envelope.ts';
import { explainWrite, fail } from './errors.ts';
import { RequiredTraits } from './required-traits.ts';
import { COLUMNS, entitlementRow, grantRow, resourceRow, resourceTypeRow } from './rows.ts';
import type { Column, DataTable } from './rows.ts';
import { INDEXES, TABLES } from './schema.ts';
import { TableInsert } from './table-insert.ts';

export interface CreateC1zOptions {
  /** Where the file is to appear. */
  path: string;
  /** An existing folder of this run alone, on the same file system. */
  workDir: string;
  sync: { id: string; type: 'full'; startedAt: number };
  clock: Pick<Clock, 'now'>;
}

/** Rows of one answer of a connector, and where the sync stands after it. */
export interface Batch {
  resourceTypes?: readonly ResourceType[];
  resources?: readonly Resource[];
  entitlements?: readonly Entitlement[];
  grants?: readonly Grant[];
  /** The sync token (protocol: runtime.md 2.5). */
  checkpoint: string;
}

export interface C1zSummary extends Written {
  syncId: string;
  /** Milliseconds since the epoch, as are all times here. */
  startedAt: number;
  endedAt: number;
  contentDigest: string;
  counts: RowCounts;
}

/** A file that is being written. Disposing of it before `save` removes everything it made. */
export interface C1zWriter extends AsyncDisposable {
  /** Stores rows and checkpoint in one transaction. A type comes before its resources. */
  commit(batch: Batch): Promise<void>;
  /** Ends the sync: indexes, references, statistics, the compressed file in the working folder, read back once. */
  finish(end: { endedAt: number }): Promise<C1zSummary>;
  /** The file appears, whole, in one rename. */
  save(): Promise<void>;
  /** Stops here and keeps what was committed in the working folder, for `resumeC1z`; nothing is removed any more. */
  leave(): void;
}

/** Where an unfinished sync stands. */
export interface Unfinished {
  sync: CreateC1zOptions['sync'];
  /** The sync token of its last commit. */
  checkpoint: string;
}

/**
 * Begins a `.c1z` of version 1 with one sync run.
 *
 * @throws BatonError `BK-C1Z-EXISTS`, `BK-C1Z-WRITE`, `BK-DISK`; from `commit` and `finish` also `BK-C1Z-ID`,
 *   `BK-C1Z-ROW`, `BK-C1Z-DUPLICATE`, `BK-C1Z-DANGLING`, `BK-C1Z-FRAME`
 */
export async function createC1z(options: CreateC1zOptions): Promise<C1zWriter> {
  await checkTarget(options.path);
  return new Writer(options, false);
}

/**
 * Goes on with the sync that a run left unfinished in the working folder, however that run ended; everything that was
 * committed is there. Undefined: there is none, or its database is damaged.
 *
 * @throws BatonError as `createC1z`
 */
export async function resumeC1z(
  options: Omit<CreateC1zOptions, 'sync'>,
): Promise<(Unfinished & { writer: C1zWriter }) | undefined> {
  await checkTarget(options.path);
  const unfinished = lookAtUnfinished(options.workDir);
  if (unfinished === undefined) return undefined;
  // A half-written file of a run that was killed while it compressed.
  await rm(join(options.workDir, 'c1z'), { force: true });
  return { ...unfinished, writer: new Writer({ ...options, sync: unfinished.sync }, true) };
}

/** What `resumeC1z` would go on with; changes nothing. */
export function lookAtUnfinished(workDir: string): Unfinished | undefined {
  const path = join(workDir, 'db');
  if (!existsSync(path)) return undefined;
  try {
    using database = new DatabaseSync(path);
    if (database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] !== 'ok') return undefined;
    const run = database.prepare('SELECT * FROM v1_sync_runs ORDER BY id DESC LIMIT 1').get();
    const startedAt = fromColumnTime(String(run?.['started_at']));
    if (run === undefined || startedAt === undefined) return undefined;
    return {
      sync: { id: String(run['sync_id']), type: 'full', startedAt },
      checkpoint: String(run['sync_token']),
    };
  } catch {
    return undefined;
  }
}

class Writer implements C1zWriter {
  private readonly options: CreateC1zOptions;
  private readonly databasePath: string;
  private readonly stagedPath: string;
  private readonly database: DatabaseSync;
  private readonly inserts: Record<DataTable, TableInsert>;
  private readonly checkpoint: StatementSync;
  private readonly traits = new RequiredTraits();
  private open = true;
  private left = false;

  constructor(options: CreateC1zOptions, resume: boolean) {
    this.options = options;
    this.databasePath = join(options.workDir, 'db');
    this.stagedPath = join(options.workDir, 'c1z');
    this.database = new DatabaseSync(this.databasePath);
    try {
      chmodSync(this.databasePath, 0o600);
      // Without a journal a kill loses the database; with WAL and synchronous off only the power can.
      this.database.exec(
        'PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -32768',
      );
      const { id } = options.sync;
      if (resume) this.takeUp();
      else this.begin();
      this.inserts = Object.fromEntries(
        (Object.keys(COLUMNS) as DataTable[]).map((table) => [table, new TableInsert(this.database, table, id)]),
      ) as Record<DataTable, TableInsert>;
      this.checkpoint = this.database.prepare('UPDATE v1_sync_runs SET sync_token = ? WHERE sync_id = ?');
    } catch (error) {
      this.close();
      throw explainWrite(error, options.path);
    }
  }

  async commit(batch: Batch): Promise<void> {
    this.write(() => {
      for (const type of batch.resourceTypes ?? []) this.traits.add(type);
      this.insert('v1_resource_types', batch.resourceTypes, resourceTypeRow);
      this.insert('v1_resources', batch.resources, (resource) => {
        const row = resourceRow(resource);
        this.traits.check(resource);
        return row;
      });
      this.insert('v1_entitlements', batch.entitlements, entitlementRow);
      this.insert('v1_grants', batch.grants, grantRow);
      this.checkpoint.run(batch.checkpoint, this.options.sync.id);
    });
    await turn();
  }

  async finish({ endedAt }: { endedAt: number }): Promise<C1zSummary> {
    const { sync, path } = this.options;
    try {
      if (endedAt < sync.startedAt) throw new RangeError('a sync ends after it started');
      for (const index of INDEXES) {
        this.createIndex(index);
        await turn();
      }
      checkReferences(this.database, sync.id);
      await turn();
      const counts = countRows(this.database, sync.id);
      this.write(() => {
        this.database
          .prepare('UPDATE v1_sync_runs SET ended_at = ?, stats = ? WHERE sync_id = ?')
          .run(toColumnTime(endedAt), statsColumn(counts), sync.id);
      });
      const digest = await contentDigest(this.database, sync.id);
      this.database.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL');
      this.close();
      const written = await compressEnvelope(this.databasePath, this.stagedPath, path);
      return { ...written, syncId: sync.id, startedAt: sync.startedAt, endedAt, contentDigest: digest, counts };
    } catch (error) {
      throw explainWrite(error, path);
    }
  }

  async save(): Promise<void> {
    const { path } = this.options;
    // Looked at again: the sync took a while, and a rename would replace what somebody put there meanwhile.
    await checkTarget(path);
    try {
      await rename(this.stagedPath, path);
      await using folder = await open(dirname(resolve(path)), 'r');
      await folder.sync();
    } catch (error) {
      throw explainWrite(error, path);
    }
    await rm(this.databasePath, { force: true });
  }

  leave(): void {
    this.close();
    this.left = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    if (this.left) return;
    for (const made of [this.databasePath, `${this.databasePath}-wal`, `${this.databasePath}-shm`, this.stagedPath]) {
      await rm(made, { force: true });
    }
  }

  private begin(): void {
    const { id, type, startedAt } = this.options.sync;
    for (const table of TABLES) this.database.exec(table);
    this.database
      .prepare(
        `INSERT INTO v1_sync_runs (sync_id, started_at, sync_token, sync_type, supports_diff, grants_backfilled)
         VALUES (?, ?, '', ?, 1, 1)`,
      )
      .run(id, toColumnTime(startedAt), type);
  }

  /** The run may have been killed after its end was written and before the file appeared. */
  private takeUp(): void {
    const { id } = this.options.sync;
    this.database.prepare('UPDATE v1_sync_runs SET ended_at = NULL, stats = NULL WHERE sync_id = ?').run(id);
    const types = this.database.prepare('SELECT data FROM v1_resource_types WHERE sync_id = ?').all(id);
    for (const { data } of types) this.traits.add(fromBinary(ResourceTypeSchema, data as Uint8Array));
  }

  private insert<T>(table: DataTable, items: readonly T[] | undefined, toRow: (item: T) => Column[]): void {
    if (items === undefined) return;
    this.inserts[table].insert(items, toRow, toColumnTime(this.options.clock.now()));
  }

  private write(work: () => void): void {
    try {
      this.database.exec('BEGIN');
      work();
      this.database.exec('COMMIT');
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw explainWrite(error, this.options.path);
    }
  }

  private createIndex(sql: string): void {
    try {
      // A run that was killed at its end has made some.
      const name = /INDEX (\w+)/.exec(sql)?.[1] ?? '';
      const made = this.database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?").get(name);
      if (made === undefined) this.database.exec(sql);
    } catch (error) {
      // SQLITE_CONSTRAINT: the rows are in already, and two of them have one id.
      if ((error as { errcode?: number }).errcode === undefined || (error as { errcode: number }).errcode % 256 !== 19)
        throw error;
      const table = / on v1_(\w+)/.exec(sql)?.[1]?.replace('_', ' ') ?? 'rows';
      throw fail('BK-C1Z-DUPLICATE', { table }, { cause: error });
    }
  }

  private close(): void {
    if (!this.open) return;
    this.open = false;
    this.database.close();
  }
}
