import { createHash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import type { DataTable } from './columns.ts';
import { COLUMNS } from './columns.ts';
import { release } from './release.ts';

/**
 * Hex SHA-256 of what a sync says, whatever file it stands in: equal content gives an equal digest, in any order of
 * rows, at any time, under any sync id. It is taken page by page, so that others can run in between.
 *
 * Hashed are, for the tables v1_resource_types, v1_resources, v1_entitlements, v1_grants in this order: the table's
 * name and a zero byte; then for each row in bytewise order of `external_id` a byte 1 and its columns in the order of
 * `COLUMNS` (without row number, sync id, discovered_at); then a byte 0. A column is one byte for its kind (0 NULL,
 * 1 text, 2 blob, 3 integer as decimal text), its length in four bytes, big-endian, and its bytes (text as UTF-8).
 */
export class ContentDigest {
  private readonly syncId: string;
  private readonly hash = createHash('sha256');
  private readonly tables = Object.keys(COLUMNS) as DataTable[];
  /** The last row of the first of `tables` that was taken. */
  private last: RowNumber | undefined;

  constructor(syncId: string) {
    this.syncId = syncId;
  }

  /**
   * Takes the rows of one table after the other, a page a step. It may be left and begun again, also with another
   * connection: it goes on where it stood.
   *
   * @param database whose texts are UTF-8, with the index on `external_id` of each table
   * @param end the table before which it stops
   */
  *take(database: DatabaseSync, end?: DataTable): Generator<void> {
    for (let [table] = this.tables; table !== undefined && table !== end; [table] = this.tables) {
      if (this.last === undefined) this.hash.update(`${table}\0`);
      const pages = new Pages(database, table, this.syncId);
      for (let isLast = false; !isLast;) {
        const page = pages.after(this.last);
        if (page.rows !== null) {
          this.hash.update(page.rows);
          release(page.rows);
        }
        isLast = page.last === undefined;
        this.last = page.last;
        if (!isLast) yield;
      }
      this.hash.update(Buffer.of(0));
      this.tables.shift();
      yield;
    }
  }

  /** Hex; once, when all tables were taken. */
  end(): string {
    return this.hash.digest('hex');
  }
}

/** The content digest of a run in a database that holds all of it. Lets others run in between. */
export async function contentDigest(
  database: DatabaseSync,
  syncId: string,
  digest = new ContentDigest(syncId),
): Promise<string> {
  let pages = 0;
  for (const _page of digest.take(database)) {
    pages += 1;
    if (pages % PAGES_A_TURN === 0) await turn();
  }
  return digest.end();
}

const PAGES_A_TURN = 4;

/** Rows at once: enough that the rows alone cost (measured), few enough for messages of a megabyte. */
const PAGE = 200;

/** `id`, by which a page is told where it begins and ends: an id that is no UTF-8 would not come back as it went. */
type RowNumber = number | bigint;

/** The rows of a table in the order of their ids, as the bytes that are hashed. SQLite makes them, see `rowBytes`. */
class Pages {
  private readonly database: DatabaseSync;
  private readonly table: DataTable;
  private readonly syncId: string;
  private readonly bytes: string;
  private readonly statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, table: DataTable, syncId: string) {
    this.database = database;
    this.table = table;
    this.syncId = syncId;
    this.bytes = rowBytes(table);
  }

  /** A page; without `last` there is none after it. Rows of one id are never cut apart. */
  after(after: RowNumber | undefined): { rows: Uint8Array | null; last: RowNumber | undefined } {
    const from = { sync: this.syncId, ...(after === undefined ? {} : { after }) };
    const last = this.statement('end', from).get(from)?.['id'] as RowNumber | undefined;
    const page = { ...from, ...(last === undefined ? {} : { last }) };
    return { rows: this.statement('rows', page).get(page)?.['rows'] as Uint8Array | null, last };
  }

  private statement(what: 'end' | 'rows', given: { after?: RowNumber; last?: RowNumber }): StatementSync {
    const key = `${what} ${'after' in given} ${'last' in given}`;
    const made = this.statements.get(key);
    if (made !== undefined) return made;
    const idOf = (row: string): string => `(SELECT external_id FROM ${this.table} WHERE id = ${row})`;
    const from = `FROM ${this.table} WHERE sync_id = :sync
      ${'after' in given ? `AND external_id > ${idOf(':after')}` : ''}
      ${'last' in given ? `AND external_id <= ${idOf(':last')}` : ''} ORDER BY external_id`;
    const statement = this.database.prepare(
      // Without a limit SQLite might leave out the order of what is inside.
      what === 'end'
        ? `SELECT id ${from} LIMIT 1 OFFSET ${PAGE - 1}`
        : `SELECT CAST(group_concat(bytes, '') AS BLOB) AS rows FROM (SELECT ${this.bytes} AS bytes ${from} LIMIT -1)`,
    );
    this.statements.set(key, statement);
    return statement;
  }
}

/** Lengths up to which the head of a column stands in a table: faster than one that is made. */
const SHORT = 1024;

/**
 * An expression for the bytes of a row, so that one value comes out of SQLite for a page and not thousands. Nothing in it
 * looks into a value: bytes that are zero or no UTF-8 stay what they are.
 */
function rowBytes(table: DataTable): string {
  const columns = COLUMNS[table].map(
    (column) =>
      `CASE typeof(${column}) WHEN 'null' THEN x'0000000000' WHEN 'text' THEN ${head(1, column)}
       WHEN 'blob' THEN ${head(2, column)} ELSE ${head(3, column)} END, ${column}`,
  );
  return `concat(x'01', ${columns.join(', ')})`;
}

/** Kind and length. */
function head(kind: number, column: string): string {
  const heads = Buffer.alloc(5 * SHORT);
  for (let length = 0; length < SHORT; length += 1) {
    heads[5 * length] = kind;
    heads.writeUInt32BE(length, 5 * length + 1);
  }
  const length = `octet_length(${column})`;
  return `CASE WHEN ${length} < ${SHORT} THEN substr(x'${heads.toString('hex')}', ${length} * 5 + 1, 5)
    ELSE unhex(printf('0${kind}%08x', ${length})) END`;
}
