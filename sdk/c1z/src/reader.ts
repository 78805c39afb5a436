import { rm } from 'node:fs/promises';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { fromBinary } from '@bufbuild/protobuf';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { BatonError } from '@batonkit/kernel';
import { EntitlementSchema, resourceKey, ResourceSchema, ResourceTypeSchema } from '@batonkit/protocol';
import type { Entitlement, Grant, Resource, ResourceType } from '@batonkit/protocol';
import type { C1zReader, GrantFilter, ResourceFilter, ResourceRef } from './c1z-reader.ts';
import { danglingReferences } from './check-references.ts';
import { contentDigest } from './content-digest.ts';
import { countRows } from './count-rows.ts';
import type { RowCounts } from './count-rows.ts';
import { diffRuns } from './diff-runs.ts';
import type { RunDiff } from './diff-runs.ts';
import { differingColumns } from './differing-columns.ts';
import type { Written } from './envelope.ts';
import { explainSqlite, fail } from './errors.ts';
import { NEEDED_TABLES, tableNames } from './readable-tables.ts';
import { COLUMNS } from './columns.ts';
import type { DataTable } from './columns.ts';
import { schemaDifferences } from './schema-differences.ts';
import { GRANT_COLUMNS, storedGrant } from './stored-grant.ts';
import { syncProblems } from './sync-problems.ts';
import { newestFirst, readSyncRuns } from './sync-run.ts';
import type { SyncRun } from './sync-run.ts';

export interface ReaderOptions {
  path: string;
  /** The unpacked database. */
  copy: string;
  /** Removed when the reader is disposed of. */
  folder: string;
  database: DatabaseSync;
  written: Written;
  mode: 'strict' | 'tolerant';
  syncId: string | undefined;
}

type Values = (string | number)[];

/** A file over its unpacked database. */
export class Reader implements C1zReader {
  readonly sha256: string;
  readonly bytes: number;
  readonly databasePath: string;
  readonly sync: SyncRun | undefined;
  private readonly options: ReaderOptions;
  private readonly database: DatabaseSync;
  private readonly runs: SyncRun[];
  private readonly lookups = new Map<DataTable, StatementSync>();

  /** @throws BatonError `BK-C1Z-CONTENT`, `BK-C1Z-NO-SYNC` */
  constructor(options: ReaderOptions) {
    this.options = options;
    this.database = options.database;
    this.sha256 = options.written.sha256;
    this.bytes = options.written.bytes;
    this.databasePath = options.copy;
    try {
      const { path } = options;
      const runs = this.guard(() => readSyncRuns(this.database));
      if (typeof runs === 'string') throw fail('BK-C1Z-CONTENT', { path, how: runs });
      this.runs = runs;
      this.sync = this.choose();
    } catch (error) {
      this.database.close();
      throw error;
    }
  }

  syncs(): SyncRun[] {
    return [...this.runs];
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

  *grants(filter: GrantFilter = {}): Generator<Grant> {
    const { where, values } = this.where(grantColumns(filter));
    for (const row of this.read(`SELECT ${GRANT_COLUMNS} FROM v1_grants WHERE ${where} ORDER BY id`, values))
      yield this.parsed('v1_grants', () => storedGrant(row));
  }

  *principals(filter: GrantFilter = {}): Generator<ResourceRef> {
    const { where, values } = this.where(grantColumns(filter));
    const sql = `SELECT principal_resource_type_id AS type, principal_resource_id AS id FROM v1_grants
      WHERE ${where} GROUP BY 1, 2 ORDER BY min(v1_grants.id)`;
    for (const { type, id } of this.read(sql, values)) yield { resourceType: String(type), resource: String(id) };
  }

  hasGrant(filter: GrantFilter): boolean {
    const { where, values } = this.where(grantColumns(filter));
    return this.guard(
      () => this.database.prepare(`SELECT 1 FROM v1_grants WHERE ${where} LIMIT 1`).get(...values) !== undefined,
    );
  }

  resource(type: string, id: string): Resource | undefined {
    return this.one('v1_resources', ResourceSchema, resourceKey(type, id));
  }

  entitlement(id: string): Entitlement | undefined {
    return this.one('v1_entitlements', EntitlementSchema, id);
  }

  counts(): RowCounts {
    return this.guard(() => countRows(this.database, this.run()));
  }

  diff(older: string, newer: string): RunDiff {
    return diffRuns(this.database, older, newer, (table, work) => this.parsed(table, () => this.guard(work)));
  }

  async contentDigest(): Promise<string> {
    return contentDigest(this.database, this.run()).catch((error: unknown) => {
      throw explainSqlite(error, this.options.path);
    });
  }

  *checkRows(): Generator<void> {
    for (const table of Object.keys(COLUMNS) as DataTable[]) {
      const sql = `SELECT ${COLUMNS[table].join(', ')} FROM ${table} WHERE sync_id = ?`;
      for (const row of this.read(sql, [this.run()])) {
        const [differing] = this.parsed(table, () => differingColumns(table, row));
        const how = `${differing} of a row of ${table} is not what the row says`;
        if (differing !== undefined) throw fail('BK-C1Z-CONTENT', { path: this.options.path, how });
        yield;
      }
    }
  }

  gaps(): string[] {
    const names = this.guard(() => tableNames(this.database));
    const missing = NEEDED_TABLES.filter((name) => !names.has(name)).map((name) => `the table ${name} is missing`);
    if (this.sync === undefined) return [...missing, 'it holds no finished sync'];
    return this.sync.endedAt === null ? [...missing, 'the sync is unfinished'] : missing;
  }

  schemaDifferences(): string[] {
    return this.guard(() => schemaDifferences(this.database));
  }

  integrityProblems(): string[] {
    return this.pragmaProblems('integrity_check');
  }

  /** As `integrityProblems`, without a look at the indexes. */
  quickProblems(): string[] {
    return this.pragmaProblems('quick_check');
  }

  syncProblems({ narrowed }: { narrowed: boolean } = { narrowed: false }): string[] {
    return this.guard(() => syncProblems(this.database, this.runs, this.sync, narrowed));
  }

  danglingReferences(): { count: number; what: string }[] {
    return this.guard(() => danglingReferences(this.database, this.run()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.database.isOpen) this.database.close();
    await rm(this.options.folder, { recursive: true, force: true });
  }

  private pragmaProblems(name: 'integrity_check' | 'quick_check'): string[] {
    return this.guard(() =>
      this.database
        .prepare(`PRAGMA main.${name}(10)`)
        .all()
        .map((row) => String(row[name]))
        .filter((line) => line !== 'ok'),
    );
  }

  private choose(): SyncRun | undefined {
    const { syncId, mode, path } = this.options;
    if (syncId !== undefined) {
      const found = this.runs.find(({ id }) => id === syncId);
      if (found === undefined) throw fail('BK-C1Z-NO-SYNC', { path, syncId });
      return found;
    }
    const [newest] = newestFirst(this.runs);
    return newest ?? (mode === 'tolerant' ? this.runs.at(-1) : undefined);
  }

  /** The run that rows are of. A file without runs has none, and a tolerant reader then shows all that it holds. */
  private where(columns: Record<string, string | undefined>): { where: string; values: Values } {
    const given = Object.entries(columns).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const scope: [string, string][] =
      this.sync === undefined && this.options.mode === 'tolerant' ? [] : [['sync_id', this.run()]];
    const all = [...scope, ...given];
    return {
      where: all.length === 0 ? 'TRUE' : all.map(([column]) => `${column} = ?`).join(' AND '),
      values: all.map(([, value]) => value),
    };
  }

  private run(): string {
    if (this.sync === undefined)
      throw fail('BK-C1Z-CONTENT', { path: this.options.path, how: 'it holds no finished sync' });
    return this.sync.id;
  }

  private *rows<D extends DescMessage>(
    table: DataTable,
    schema: D,
    filter: Record<string, string | undefined>,
  ): Generator<MessageShape<D>> {
    const { where, values } = this.where(filter);
    for (const row of this.read(`SELECT data FROM ${table} WHERE ${where} ORDER BY id`, values))
      yield this.parsed(table, () => fromBinary(schema, row['data'] as Uint8Array));
  }

  private *read(sql: string, values: Values): Generator<Record<string, unknown>> {
    const rows = this.guard(() => this.database.prepare(sql).iterate(...values));
    for (;;) {
      const { done, value } = this.guard(() => rows.next());
      if (done === true) return;
      yield value;
    }
  }

  private one<D extends DescMessage>(table: DataTable, schema: D, id: string): MessageShape<D> | undefined {
    const { where, values } = this.where({ external_id: id });
    const row = this.guard(() => {
      const statement = this.lookups.get(table) ?? this.database.prepare(`SELECT data FROM ${table} WHERE ${where}`);
      this.lookups.set(table, statement);
      return statement.get(...values);
    });
    return row === undefined ? undefined : this.parsed(table, () => fromBinary(schema, row['data'] as Uint8Array));
  }

  private parsed<T>(table: string, parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      if (error instanceof BatonError) throw error;
      const { path } = this.options;
      throw fail('BK-C1Z-CONTENT', { path, how: `a row of ${table} cannot be parsed` }, { cause: error });
    }
  }

  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw explainSqlite(error, this.options.path);
    }
  }
}

function grantColumns({
  resourceType,
  resource,
  entitlement,
  principal,
}: GrantFilter): Record<string, string | undefined> {
  return {
    resource_type_id: resourceType,
    resource_id: resource,
    entitlement_id: entitlement,
    principal_resource_type_id: principal?.resourceType,
    principal_resource_id: principal?.resource,
  };
}
