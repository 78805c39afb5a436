import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { COLUMNS } from './rows.ts';
import type { Column, DataTable } from './rows.ts';

/** Rows a statement: fewer crossings into SQLite (measured). */
const ROWS = 50;

/** Inserts into one table of one sync. */
export class TableInsert {
  private readonly syncId: string;
  private readonly width: number;
  private readonly one: StatementSync;
  private readonly many: StatementSync;

  constructor(database: DatabaseSync, table: DataTable, syncId: string) {
    this.syncId = syncId;
    const columns = COLUMNS[table];
    this.width = columns.length;
    // The first two parameters are the same for all rows of a statement.
    const row = (index: number): string =>
      `(${columns.map((_column, column) => `?${3 + index * this.width + column}`).join(', ')}, ?1, ?2)`;
    const into = `INSERT INTO ${table} (${columns.join(', ')}, sync_id, discovered_at) VALUES `;
    this.one = database.prepare(into + row(0));
    this.many = database.prepare(into + Array.from({ length: ROWS }, (_row, index) => row(index)).join(', '));
  }

  /** @param values the columns of all rows, one row after the other */
  insert(values: readonly Column[], discoveredAt: string): void {
    const step = this.width * ROWS;
    const whole = values.length - (values.length % step);
    for (let start = 0; start < whole; start += step)
      this.many.run(this.syncId, discoveredAt, ...values.slice(start, start + step));
    for (let start = whole; start < values.length; start += this.width)
      this.one.run(this.syncId, discoveredAt, ...values.slice(start, start + this.width));
  }
}
