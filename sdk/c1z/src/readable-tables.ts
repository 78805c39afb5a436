import { DatabaseSync } from 'node:sqlite';
import { explainSqlite, fail } from './errors.ts';
import { INDEXES } from './schema.ts';

// Columns of the tables that are read: those of the first SDK, and what stands for the later ones where a file has
// none of them (protocol: c1z.md 2.1, 2.2).
const READ = {
  v1_resource_types: { first: ['id', 'external_id', 'data', 'sync_id', 'discovered_at'], later: {} },
  v1_resources: {
    first: [
      'id',
      'resource_type_id',
      'external_id',
      'parent_resource_type_id',
      'parent_resource_id',
      'data',
      'sync_id',
      'discovered_at',
    ],
    later: {},
  },
  v1_entitlements: {
    first: ['id', 'resource_type_id', 'resource_id', 'external_id', 'data', 'sync_id', 'discovered_at'],
    later: {},
  },
  v1_grants: {
    first: [
      'id',
      'resource_type_id',
      'resource_id',
      'entitlement_id',
      'principal_resource_type_id',
      'principal_resource_id',
      'external_id',
      'data',
      'sync_id',
      'discovered_at',
    ],
    later: { expansion: 'NULL', needs_expansion: '0' },
  },
  v1_sync_runs: {
    first: ['id', 'sync_id', 'started_at', 'ended_at', 'sync_token'],
    later: {
      sync_type: "'full'",
      parent_sync_id: "''",
      linked_sync_id: "''",
      supports_diff: '0',
      grants_backfilled: '0',
      stats: 'NULL',
      ingest_invariant_generation: "''",
      ingest_invariant_coverage: "''",
      ingest_invariant_mode: "''",
    },
  },
  // Read only to be kept when another run is added.
  v1_assets: { first: ['id', 'external_id', 'content_type', 'data', 'sync_id', 'discovered_at'], later: {} },
  v1_connector_sessions: { first: ['id', 'sync_id', 'key', 'value'], later: {} },
} as const satisfies Record<string, { first: readonly string[]; later: Record<string, string> }>;

export type FileTable = keyof typeof READ;
export const FILE_TABLES = Object.keys(READ) as FileTable[];
/** Without these a file says nothing about access; the others came later, or are empty. */
export const NEEDED_TABLES = FILE_TABLES.filter((name) => name !== 'v1_assets' && name !== 'v1_connector_sessions');

/** All columns of a table, in no particular order. */
export function columnsOf(table: FileTable): string[] {
  return [...READ[table].first, ...Object.keys(READ[table].later)];
}

/** Names of the tables that the file itself has. */
export function tableNames(database: DatabaseSync): Set<string> {
  const rows = database.prepare("SELECT name FROM main.sqlite_master WHERE type = 'table'").all();
  return new Set(rows.map(({ name }) => String(name)));
}

/**
 * How a table of a file is read: its columns, and, where an older SDK did not write one, the value that a newer one
 * would give it. Undefined: the file has no such table.
 *
 * @param schema of the connection in which the file is open
 * @throws BatonError `BK-C1Z-CONTENT` for a table without a column that every SDK writes
 */
function readingOf(
  database: DatabaseSync,
  schema: 'main' | 'before',
  table: FileTable,
  path: string,
): { columns: string[]; shown: string[]; isWhole: boolean } | undefined {
  const found = database.prepare(`PRAGMA ${schema}.table_info(${table})`).all();
  if (found.length === 0) return undefined;
  const has = new Set(found.map(({ name }) => String(name)));
  const { first, later } = READ[table];
  const lost = first.find((column) => !has.has(column));
  if (lost !== undefined) throw fail('BK-C1Z-CONTENT', { path, how: `the column ${lost} of ${table} is missing` });
  const others = Object.entries(later);
  return {
    columns: columnsOf(table),
    shown: [...first, ...others.map(([column, value]) => (has.has(column) ? column : `${value} AS ${column}`))],
    isWhole: others.every(([column]) => has.has(column)),
  };
}

/**
 * Makes every table of the schema readable under its own name, in this connection only; a missing one is empty.
 *
 * @throws BatonError `BK-C1Z-CONTENT`
 */
export function makeReadable(database: DatabaseSync, path: string): void {
  for (const table of FILE_TABLES) {
    const reading = readingOf(database, 'main', table, path);
    if (reading?.isWhole) continue;
    const select =
      reading === undefined
        ? `SELECT ${columnsOf(table)
            .map((column) => `NULL AS ${column}`)
            .join(', ')} WHERE 0`
        : `SELECT ${reading.shown.join(', ')} FROM main.${table}`;
    database.exec(`CREATE TEMP VIEW ${table} AS ${select}`);
  }
}

/**
 * Copies whole runs out of another database, with the numbers of their rows. Checked before: it is a healthy file's.
 *
 * @throws BatonError `BK-C1Z-CONTENT`
 */
export function copyRuns(database: DatabaseSync, from: string, ids: readonly string[], path: string): void {
  if (ids.length === 0) return;
  database.exec('PRAGMA trusted_schema = OFF');
  database.prepare('ATTACH ? AS before').run(from);
  try {
    const named = ids.map(() => '?').join(', ');
    for (const table of FILE_TABLES) {
      const reading = readingOf(database, 'before', table, path);
      if (reading === undefined) continue;
      const { columns, shown } = reading;
      database
        .prepare(
          `INSERT INTO main.${table} (${columns.join(', ')})
           SELECT ${shown.join(', ')} FROM before.${table} WHERE sync_id IN (${named}) ORDER BY id`,
        )
        .run(...ids);
    }
  } catch (error) {
    throw explainSqlite(error, path);
  } finally {
    database.exec('DETACH before');
  }
}

/** Indexes that this reader made in its own copy of a file. */
export const OWN_INDEX = 'batonkit_';

/**
 * Makes the indexes that a file lacks, in the copy that is read: without them each look-up would read a whole table.
 * A copy that cannot be written to, as its pages are damaged, stays as it is: what touches those will say so.
 */
export function addIndexes(copy: string): void {
  using database = new DatabaseSync(copy, { enableForeignKeyConstraints: false, defensive: true });
  database.exec('PRAGMA trusted_schema = OFF; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
  const tables = tableNames(database);
  const made = indexNames(database);
  for (const [index, sql] of INDEXES.entries()) {
    const [, name = '', table = '', rest = ''] = /INDEX (\w+) on (\w+) (.*)$/.exec(sql) ?? [];
    if (made.has(name) || !tables.has(table) || rest.includes(' where ')) continue;
    try {
      database.exec(`CREATE INDEX ${OWN_INDEX}${index} ON ${table} ${rest}`);
    } catch {
      return;
    }
  }
}

/** Whether a look-up would have to read a whole table. */
export function lacksIndexes(database: DatabaseSync): boolean {
  const made = indexNames(database);
  return INDEXES.some((sql) => !made.has(/INDEX (\w+)/.exec(sql)?.[1] ?? ''));
}

function indexNames(database: DatabaseSync): Set<string> {
  const rows = database.prepare("SELECT name FROM sqlite_master WHERE type = 'index'").all();
  return new Set(rows.map(({ name }) => String(name)));
}
