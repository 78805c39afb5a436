import type { DatabaseSync } from 'node:sqlite';
import { OWN_INDEX } from './readable-tables.ts';
import { foldSql, INDEXES, TABLES } from './schema.ts';

/** What differs in a file from the schema that this release writes; empty: nothing. */
export function schemaDifferences(database: DatabaseSync): string[] {
  const expected = new Set([...TABLES, ...INDEXES].map(foldSql));
  const found = new Set(
    database
      .prepare('SELECT name, sql FROM main.sqlite_master WHERE sql IS NOT NULL')
      .all()
      .filter(({ name }) => !String(name).startsWith(OWN_INDEX))
      .map(({ sql }) => foldSql(String(sql))),
  );
  const name = (sql: string): string => /(?:TABLE|INDEX) (\w+)/i.exec(sql)?.[1] ?? sql;
  return [
    ...[...expected].filter((sql) => !found.has(sql)).map((sql) => `${name(sql)} is missing or differs`),
    ...[...found].filter((sql) => !expected.has(sql)).map((sql) => `${name(sql)} is not of this schema`),
  ];
}
