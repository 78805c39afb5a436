import { createHash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import type { Column, DataTable } from './columns.ts';
import { COLUMNS } from './columns.ts';

/**
 * Hex SHA-256 of what a sync says, whatever file it stands in: equal content gives an equal digest, in any order of
 * rows, at any time, under any sync id. Lets others run in between.
 *
 * Hashed are, for the tables v1_resource_types, v1_resources, v1_entitlements, v1_grants in this order: the table's
 * name and a zero byte; then for each row in bytewise order of `external_id` a byte 1 and its columns in the order of
 * `COLUMNS` (without row number, sync id, discovered_at); then a byte 0. A column is one byte for its kind (0 NULL,
 * 1 text, 2 blob, 3 integer as decimal text), its length in four bytes, big-endian, and its bytes (text as UTF-8).
 */
export async function contentDigest(database: DatabaseSync, syncId: string): Promise<string> {
  const digest = new DigestStream();
  for (const table of Object.keys(COLUMNS) as DataTable[]) {
    digest.text(`${table}\0`);
    for (const rows of pages(database, table, syncId)) {
      for (const row of rows) {
        digest.byte(1);
        for (let column = 1; column < row.length; column += 1) digest.column(row[column] ?? null);
      }
      if (digest.isAhead()) await turn();
    }
    digest.byte(0);
  }
  return digest.end();
}

/** Rows at once: fewer crossings into SQLite than one by one (measured). */
const PAGE = 1000;

/** Rows in the order of their ids, in pages: the row number, then the columns of the table. */
function* pages(database: DatabaseSync, table: DataTable, syncId: string): Generator<Column[][]> {
  const select = (after: string): StatementSync => {
    const statement = database.prepare(
      `SELECT id, ${COLUMNS[table].join(', ')} FROM ${table} WHERE sync_id = ? ${after}
       ORDER BY external_id, id LIMIT ${PAGE}`,
    );
    statement.setReturnArrays(true);
    return statement;
  };
  const place = (COLUMNS[table] as readonly string[]).indexOf('external_id');
  const next = select('AND (external_id, id) > (?, ?)');
  let rows = select('').all(syncId) as unknown as Column[][];
  while (rows.length > 0) {
    yield rows;
    const last = rows.at(-1) ?? [];
    const [id = null, externalId = null] = [last[0], last[1 + place]];
    rows = rows.length < PAGE ? [] : (next.all(syncId, externalId, id) as unknown as Column[][]);
  }
}

const SIZE = 256 * 1024;
/** Code units up to which a text is written one by one. */
const SHORT = 24;

/** Gathers small pieces, so that the hash is fed with large ones. */
class DigestStream {
  private readonly hash = createHash('sha256');
  private readonly buffer = Buffer.allocUnsafe(SIZE);
  private used = 0;
  private flushes = 0;
  private seen = 0;

  byte(value: number): void {
    this.room(1);
    this.buffer[this.used] = value;
    this.used += 1;
  }

  text(value: string): void {
    this.bytes(Buffer.from(value));
  }

  column(value: Column): void {
    if (value === null) this.head(0, 0);
    else if (typeof value === 'string') this.textColumn(1, value);
    else if (typeof value === 'number') this.textColumn(3, String(value));
    else {
      this.head(2, value.length);
      this.bytes(value);
    }
  }

  /** Once after each large piece: time for others. */
  isAhead(): boolean {
    const is = this.flushes > this.seen;
    this.seen = this.flushes;
    return is;
  }

  end(): string {
    this.flush();
    return this.hash.digest('hex');
  }

  private textColumn(kind: number, value: string): void {
    const { length } = value;
    // Three bytes for each code unit at the most; most texts are short and written in place.
    if (length * 3 + 5 > SIZE) {
      const bytes = Buffer.from(value);
      this.head(kind, bytes.length);
      this.bytes(bytes);
      return;
    }
    this.room(length * 3 + 5);
    const { buffer } = this;
    const start = this.used + 5;
    let written = 0;
    if (length < SHORT) {
      // ASCII, as most are: faster than a call out of JavaScript.
      for (; written < length; written += 1) {
        const code = value.charCodeAt(written);
        if (code > 127) break;
        buffer[start + written] = code;
      }
    }
    if (written < length) written = buffer.write(value, start);
    this.head(kind, written);
    this.used += written;
  }

  private head(kind: number, length: number): void {
    this.room(5);
    const { buffer, used } = this;
    buffer[used] = kind;
    buffer[used + 1] = length >>> 24;
    buffer[used + 2] = length >>> 16;
    buffer[used + 3] = length >>> 8;
    buffer[used + 4] = length;
    this.used = used + 5;
  }

  private bytes(value: Uint8Array): void {
    this.room(value.length);
    if (value.length > SIZE) {
      this.hash.update(value);
      return;
    }
    this.buffer.set(value, this.used);
    this.used += value.length;
  }

  /** After it, a piece of that length fits, or is too long for any buffer. */
  private room(length: number): void {
    if (this.used + length > SIZE) this.flush();
  }

  private flush(): void {
    this.flushes += 1;
    this.hash.update(this.buffer.subarray(0, this.used));
    this.used = 0;
  }
}
