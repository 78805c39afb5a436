import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { fromBinary } from '@bufbuild/protobuf';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { BatonError } from '@batonkit/kernel';
import { EntitlementSchema, GrantSchema, resourceKey, ResourceSchema, ResourceTypeSchema } from '@batonkit/protocol';
import type { Entitlement, Grant, Resource, ResourceType } from '@batonkit/protocol';
import { danglingReferences } from './check-references.ts';
import { fromColumnTime } from './column-time.ts';
import { contentDigest } from './content-digest.ts';
import { countRows } from './count-rows.ts';
import type { RowCounts } from './count-rows.ts';
import { differingColumns } from './differing-columns.ts';
import { decompressEnvelope } from './envelope.ts';
import { explainWrite, fail } from './errors.ts';
import { COLUMNS } from './rows.ts';
import type { Column, DataTable } from './rows.ts';
import { foldSql, INDEXES, TABLES } from './schema.ts';
import type { SchemaObject } from './schema.ts';

// The genuine cap on decoded size (protocol: c1z.md 1).
const DECODED_LIMIT = 10 * 1024 ** 3;

export interface OpenC1zOptions {
  /** Where the database is unpacked, in a folder of its own that goes when the reader is disposed of; default: the system's. */
  workDir?: string;
  /** Bytes that the file may unpack to; default 10 GiB. */
  decodedLimit?: number;
}

/** A run in the file. Times are milliseconds since the epoch. */
export interface SyncRun {
  id: string;
  type: string;
  startedAt: number;
  /** Null: unfinished. */
  endedAt: number | null;
  token: string;
  parentId: string;
}

export interface ResourceFilter {
  resourceType?: string;
}

export interface GrantFilter extends ResourceFilter {
  /** Id of the entitlement's resource; goes with `resourceType`. */
  resource?: string;
  entitlement?: string;
}

/** A file that was read. Rows come in the order in which they were stored, streamed. */
export interface C1zReader extends AsyncDisposable {
  /** Hex SHA-256 of the file as it lies on the disk. */
  readonly sha256: string;
  readonly bytes: number;
  syncs(): SyncRun[];
  /** The newest finished run; rows are of it. Undefined when there is none: then there are no rows to rely on. */
  readonly sync: SyncRun | undefined;
  resourceTypes(): Iterable<ResourceType>;
  resources(filter?: ResourceFilter): Iterable<Resource>;
  entitlements(filter?: ResourceFilter): Iterable<Entitlement>;
  grants(filter?: GrantFilter): Iterable<Grant>;
  /** One row, by its id; undefined when the file has none. */
  resource(type: string, id: string): Resource | undefined;
  entitlement(id: string): Entitlement | undefined;
  counts(): RowCounts;
  contentDigest(): Promise<string>;
  /**
   * Looks at every row, and yields after each, so that others can run in between.
   *
   * @throws BatonError when a row cannot be parsed, or its columns say something else than its message
   */
  checkRows(): Iterable<void>;
  /** What differs from the schema that this release writes; empty: nothing. */
  schemaDifferences(): string[];
  /** What SQLite finds wrong in the database; empty: nothing. */
  integrityProblems(): string[];
  danglingReferences(): { count: number; what: string }[];
}

/**
 * Opens a `.c1z` of version 1 that this SDK wrote: unpacks it, checks that it is whole, and reads it. The file itself
 * is not changed.
 *
 * @throws BatonError `BK-C1Z-…`
 */
export async function openC1z(path: string, options: OpenC1zOptions = {}): Promise<C1zReader> {
  const folder = await mkdtemp(join(options.workDir ?? tmpdir(), 'c1z-'));
  try {
    const databasePath = join(folder, 'db');
    const written = await unpack(path, databasePath, options.decodedLimit ?? DECODED_LIMIT);
    await clearWalFlag(databasePath);
    const database = openDatabase(databasePath, path);
    return new Reader(path, folder, database, written);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function unpack(path: string, target: string, limit: number): Promise<{ sha256: string; bytes: number }> {
  await using file = await open(target, 'wx', 0o600);
  try {
    // The handle goes on where it stopped.
    return await decompressEnvelope(path, limit, (chunk) => file.appendFile(chunk), path);
  } catch (error) {
    throw explainWrite(error, target);
  }
}

/** Old SDKs leave the WAL flag in the header, with which SQLite would not open a lone file read-only (c1z.md 2). */
async function clearWalFlag(databasePath: string): Promise<void> {
  await using file = await open(databasePath, 'r+');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 18);
  if (bytesRead === 2 && buffer[0] === 2) await file.write(Buffer.of(1, 1), 0, 2, 18);
}

function openDatabase(databasePath: string, path: string): DatabaseSync {
  const database = new DatabaseSync(databasePath, { readOnly: true, enableForeignKeyConstraints: false });
  try {
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
    const objects = database.prepare('SELECT type, name, sql FROM sqlite_master').all();
    // Such things run while a table is read; no writer of these files makes any. SQLite itself stores a table's
    // statement from these two words on, so a comment between them is somebody's trick.
    const isPlain = (type: unknown, sql: unknown): boolean =>
      type === 'index' || (type === 'table' && /^CREATE TABLE\b/i.test(String(sql)));
    if (objects.some(({ type, sql }) => !isPlain(type, sql)))
      throw fail('BK-C1Z-CONTENT', { path, how: 'it holds views, triggers or virtual tables' });
    const names = new Set(objects.filter(({ type }) => type === 'table').map(({ name }) => name));
    const missing = ['v1_sync_runs', ...Object.keys(COLUMNS)].find((name) => !names.has(name));
    if (missing !== undefined) throw fail('BK-C1Z-CONTENT', { path, how: `the table ${missing} is missing` });
    return database;
  } catch (error) {
    database.close();
    throw explainSqlite(error, path);
  }
}

class Reader implements C1zReader {
  readonly sha256: string;
  readonly bytes: number;
  readonly sync: SyncRun | undefined;
  private readonly path: string;
  private readonly folder: string;
  private readonly database: DatabaseSync;
  private readonly lookups = new Map<DataTable, StatementSync>();

  constructor(path: string, folder: string, database: DatabaseSync, written: { sha256: string; bytes: number }) {
    this.path = path;
    this.folder = folder;
    this.database = database;
    this.sha256 = written.sha256;
    this.bytes = written.bytes;
    this.sync = this.syncs().find(({ endedAt }) => endedAt !== null);
  }

  syncs(): SyncRun[] {
    return this.guard(() =>
      this.database
        .prepare('SELECT * FROM v1_sync_runs ORDER BY ended_at DESC, sync_id DESC')
        .all()
        .map((row) => ({
          id: String(row['sync_id']),
          type: String(row['sync_type']),
          startedAt: this.time(row['started_at']),
          endedAt: row['ended_at'] === null ? null : this.time(row['ended_at']),
          token: String(row['sync_token']),
          parentId: String(row['parent_sync_id']),
        })),
    );
  }

  resourceTypes(): Iterable<ResourceType> {
    return this.rows('v1_resource_types', ResourceTypeSchema, {});
  }

  resources(filter: ResourceFilter = {}): Iterable<Resource> {
    return this.rows('v1_resources', ResourceSchema, { resource_type_id: filter.resourceType });
  }

  entitlements(filter: ResourceFilter = {}): Iterable<Entitlement> {
    return this.rows('v1_entitlements', EntitlementSchema, { resource_type_id: filter.resourceType });
  }

  grants(filter: GrantFilter = {}): Iterable<Grant> {
    return this.rows('v1_grants', GrantSchema, {
      resource_type_id: filter.resourceType,
      resource_id: filter.resource,
      entitlement_id: filter.entitlement,
    });
  }

  resource(type: string, id: string): Resource | undefined {
    return this.one('v1_resources', ResourceSchema, resourceKey(type, id));
  }

  entitlement(id: string): Entitlement | undefined {
    return this.one('v1_entitlements', EntitlementSchema, id);
  }

  counts(): RowCounts {
    return this.guard(() => countRows(this.database, this.finished()));
  }

  async contentDigest(): Promise<string> {
    const syncId = this.finished();
    return contentDigest(this.database, syncId).catch((error: unknown) => {
      throw explainSqlite(error, this.path);
    });
  }

  *checkRows(): Generator<void> {
    for (const table of Object.keys(COLUMNS) as DataTable[]) {
      const statement = this.guard(() =>
        this.database.prepare(`SELECT ${COLUMNS[table].join(', ')} FROM ${table} WHERE sync_id = ?`),
      );
      statement.setReturnArrays(true);
      const rows = statement.iterate(this.finished()) as Iterator<unknown> as Iterator<Column[]>;
      for (;;) {
        const { done, value } = this.guard(() => rows.next());
        if (done === true) break;
        const [differing] = this.parsed(table, () => differingColumns(table, value));
        const how = `${differing} of a row of ${table} is not what the row says`;
        if (differing !== undefined) throw fail('BK-C1Z-CONTENT', { path: this.path, how });
        yield;
      }
    }
  }

  schemaDifferences(): string[] {
    const expected = new Set([...TABLES, ...INDEXES].map(foldSql));
    const found = new Set(this.schema().map(({ sql }) => sql));
    const name = (sql: string): string => /(?:TABLE|INDEX) (\w+)/i.exec(sql)?.[1] ?? sql;
    return [
      ...[...expected].filter((sql) => !found.has(sql)).map((sql) => `${name(sql)} is missing or differs`),
      ...[...found].filter((sql) => !expected.has(sql)).map((sql) => `${name(sql)} is not of this schema`),
    ];
  }

  integrityProblems(): string[] {
    return this.guard(() =>
      this.database
        .prepare('PRAGMA integrity_check(10)')
        .all()
        .map((row) => String(row['integrity_check']))
        .filter((line) => line !== 'ok'),
    );
  }

  danglingReferences(): { count: number; what: string }[] {
    return this.guard(() => danglingReferences(this.database, this.finished()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.database.isOpen) this.database.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private schema(): SchemaObject[] {
    return this.guard(() =>
      this.database
        .prepare('SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL')
        .all()
        .map((row) => ({
          type: String(row['type']),
          name: String(row['name']),
          tableName: String(row['tbl_name']),
          sql: foldSql(String(row['sql'])),
        })),
    );
  }

  private *rows<D extends DescMessage>(
    table: DataTable,
    schema: D,
    filter: Record<string, string | undefined>,
  ): Generator<MessageShape<D>> {
    const given = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const where = given.map(([column]) => ` AND ${column} = ?`).join('');
    const statement = this.guard(() =>
      this.database.prepare(`SELECT data FROM ${table} WHERE sync_id = ?${where} ORDER BY id`),
    );
    const rows = statement.iterate(this.finished(), ...given.map(([, value]) => value));
    for (;;) {
      const { done, value } = this.guard(() => rows.next());
      if (done === true) return;
      yield this.decode(schema, value['data'], table);
    }
  }

  private one<D extends DescMessage>(table: DataTable, schema: D, id: string): MessageShape<D> | undefined {
    const row = this.guard(() => {
      const statement =
        this.lookups.get(table) ??
        this.database.prepare(`SELECT data FROM ${table} WHERE external_id = ? AND sync_id = ?`);
      this.lookups.set(table, statement);
      return statement.get(id, this.finished());
    });
    return row === undefined ? undefined : this.decode(schema, row['data'], table);
  }

  private decode<D extends DescMessage>(schema: D, data: unknown, table: DataTable): MessageShape<D> {
    return this.parsed(table, () => fromBinary(schema, data as Uint8Array));
  }

  private parsed<T>(table: DataTable, parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      if (error instanceof BatonError) throw error;
      throw fail('BK-C1Z-CONTENT', { path: this.path, how: `a row of ${table} cannot be parsed` }, { cause: error });
    }
  }

  private finished(): string {
    if (this.sync === undefined) throw fail('BK-C1Z-CONTENT', { path: this.path, how: 'it holds no finished sync' });
    return this.sync.id;
  }

  private time(text: unknown): number {
    const time = typeof text === 'string' ? fromColumnTime(text) : undefined;
    if (time === undefined)
      throw fail('BK-C1Z-CONTENT', { path: this.path, how: 'a time has a form that cannot be read' });
    return time;
  }

  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw explainSqlite(error, this.path);
    }
  }
}

function explainSqlite(error: unknown, path: string): unknown {
  const errcode = error instanceof Error && 'errcode' in error ? Number(error.errcode) % 256 : 0;
  if (errcode === 26)
    return fail('BK-C1Z-DAMAGED', { path, how: 'its content is not a SQLite database' }, { cause: error });
  if (errcode === 11) return fail('BK-C1Z-DAMAGED', { path, how: 'its database is malformed' }, { cause: error });
  if (error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE')
    return fail('BK-C1Z-CONTENT', { path, how: 'a number in it is too large' }, { cause: error });
  if (errcode === 1) return fail('BK-C1Z-CONTENT', { path, how: 'a column is missing' }, { cause: error });
  return error;
}
