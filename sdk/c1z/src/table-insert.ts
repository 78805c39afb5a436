import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Blobs } from './blob-list.ts';
import { COLUMNS } from './columns.ts';
import type { Column, DataTable } from './columns.ts';

/** Rows a statement: fewer crossings into SQLite; more of them gain nothing (measured). */
const ROWS = 10;

/** Rows of one table: their columns but the message, one row after the other; and their messages. */
export interface TableRows {
  values: Column[];
  messages: Blobs;
}

/** Inserts into one table of one sync. */
export class TableInsert {
  private readonly syncId: string;
  /** Columns without the message. */
  private readonly width: number;
  private readonly one: StatementSync;
  private readonly many: StatementSync;

  constructor(database: DatabaseSync, table: DataTable, syncId: string) {
    this.syncId = syncId;
    const columns = COLUMNS[table];
    this.width = columns.length - 1;
    const row = `(${'?, '.repeat(columns.length)}?, ?)`;
    const into = `INSERT INTO ${table} (${columns.join(', ')}, sync_id, discovered_at) VALUES `;
    this.one = database.prepare(into + row);
    this.many = database.prepare(into + Array.from({ length: ROWS }, () => row).join(', '));
  }

  insert({ values, messages }: TableRows, discoveredAt: string): void {
    const { bytes, ends } = messages;
    const { width, syncId } = this;
    const whole = ends.length - (ends.length % ROWS);
    let parameters: Column[] = [];
    for (let row = 0; row < ends.length; row += 1) {
      for (let column = row * width; column < (row + 1) * width; column += 1) parameters.push(values[column] ?? null);
      const start = row === 0 ? 0 : (ends[row - 1] ?? 0);
      parameters.push(bytes.subarray(start, ends[row]), syncId, discoveredAt);
      if (row < whole && (row + 1) % ROWS !== 0) continue;
      (row < whole ? this.many : this.one).run(...parameters);
      parameters = [];
    }
  }
}
