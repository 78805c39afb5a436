import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { COLUMNS } from './rows.ts';
import type { Column, DataTable } from './rows.ts';

/** Rows a statement: fewer crossings into SQLite (measured). */
const ROWS = 10;

/** Inserts into one table of one sync. */
export class TableInsert {
  private readonly syncId: string;
  private readonly one: StatementSync;
  private readonly many: StatementSync;

  constructor(database: DatabaseSync, table: DataTable, syncId: string) {
    this.syncId = syncId;
    const columns = COLUMNS[table];
    const row = `(${'?, '.repeat(columns.length)}?, ?)`;
    const into = `INSERT INTO ${table} (${columns.join(', ')}, sync_id, discovered_at) VALUES `;
    this.one = database.prepare(into + row);
    this.many = database.prepare(into + Array.from({ length: ROWS }, () => row).join(', '));
  }

  insert<T>(items: readonly T[], toRow: (item: T) => Column[], discoveredAt: string): void {
    const whole = items.length - (items.length % ROWS);
    for (let start = 0; start < whole; start += ROWS) {
      const values: Column[] = [];
      for (const item of items.slice(start, start + ROWS)) values.push(...toRow(item), this.syncId, discoveredAt);
      this.many.run(...values);
    }
    for (const item of items.slice(whole)) this.one.run(...toRow(item), this.syncId, discoveredAt);
  }
}
