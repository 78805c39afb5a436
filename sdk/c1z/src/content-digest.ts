import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Column, DataTable } from './rows.ts';
import { COLUMNS } from './rows.ts';

const FLUSH = 256 * 1024;

/**
 * Hex SHA-256 of what a sync says, whatever file it stands in: equal content gives an equal digest, in any order of
 * rows, at any time, under any sync id.
 *
 * Hashed are, for the tables v1_resource_types, v1_resources, v1_entitlements, v1_grants in this order: the table's
 * name and a zero byte; then for each row in bytewise order of `external_id` a byte 1 and its columns in the order of
 * `COLUMNS` (without row number, sync id, discovered_at); then a byte 0. A column is one byte for its kind (0 NULL,
 * 1 text, 2 blob, 3 integer as decimal text), its length in four bytes, big-endian, and its bytes.
 */
export function contentDigest(database: DatabaseSync, syncId: string): string {
  const hash = createHash('sha256');
  let parts: Uint8Array[] = [];
  let size = 0;
  const add = (part: Uint8Array): void => {
    parts.push(part);
    size += part.length;
    if (size < FLUSH) return;
    hash.update(Buffer.concat(parts, size));
    parts = [];
    size = 0;
  };
  for (const table of Object.keys(COLUMNS) as DataTable[]) {
    add(Buffer.from(`${table}\0`));
    const columns = COLUMNS[table];
    const rows = database
      .prepare(`SELECT ${columns.join(', ')} FROM ${table} WHERE sync_id = ? ORDER BY external_id`)
      .iterate(syncId);
    for (const row of rows) {
      add(ROW);
      for (const column of columns) addColumn(row[column] as Column, add);
    }
    add(END);
  }
  hash.update(Buffer.concat(parts, size));
  return hash.digest('hex');
}

const ROW = Uint8Array.of(1);
const END = Uint8Array.of(0);

function addColumn(value: Column, add: (part: Uint8Array) => void): void {
  const [kind, bytes] =
    value === null
      ? [0, END.subarray(0, 0)]
      : typeof value === 'string'
        ? [1, Buffer.from(value)]
        : typeof value === 'number'
          ? [3, Buffer.from(String(value))]
          : [2, value];
  const head = Buffer.allocUnsafe(5);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(bytes.length, 1);
  add(head);
  add(bytes);
}
