// The floor of storing: the rows of a finished file go into a new database with the same tables, in one transaction,
// indexes last. Only the inserting and indexing is timed; the rows are handed over in chunks that were read before.
//
//   node bench/floor/insert.ts FILE.c1z TARGET.db
import { createReadStream, createWriteStream, rmSync, statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { cpuMs, report } from './report.ts';

const [file = '', target = ''] = process.argv.slice(2);
const unpacked = `${target}.source`;
// The header of a .c1z has five bytes; a zstd stream follows.
await pipeline(createReadStream(file, { start: 5 }), createZstdDecompress(), createWriteStream(unpacked));

const source = new DatabaseSync(unpacked, { readOnly: true });
const rowsAtOnce = 10;
const chunk = 20_000;
let ms = 0;
let cpu = 0;
let rows = 0;
let grants = 0;
const timed = (work: () => void): void => {
  const start = performance.now();
  const usage = process.cpuUsage();
  work();
  ms += performance.now() - start;
  cpu += cpuMs(usage);
};

const database = new DatabaseSync(target);
const objects = (type: string): { name: string; sql: string }[] =>
  source.prepare('SELECT name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL').all(type) as never;
timed(() => {
  database.exec('PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -32768');
  for (const { sql } of objects('table')) database.exec(sql);
  database.exec('BEGIN');
});
for (const { name } of objects('table')) {
  const columns = source.prepare(`SELECT * FROM ${name} LIMIT 0`).columns().length;
  const row = `(${Array.from({ length: columns }, () => '?').join(', ')})`;
  const one = database.prepare(`INSERT INTO ${name} VALUES ${row}`);
  const many = database.prepare(
    `INSERT INTO ${name} VALUES ${Array.from({ length: rowsAtOnce }, () => row).join(', ')}`,
  );
  const select = source.prepare(`SELECT * FROM ${name} WHERE rowid > ? ORDER BY rowid LIMIT ${chunk}`);
  select.setReturnArrays(true);
  for (let after = 0; ;) {
    const read = select.all(after) as unknown as SQLInputValue[][];
    if (read.length === 0) break;
    after = Number(read.at(-1)?.[0]);
    rows += read.length;
    if (name === 'v1_grants') grants += read.length;
    timed(() => {
      const whole = read.length - (read.length % rowsAtOnce);
      for (let at = 0; at < whole; at += rowsAtOnce) many.run(...read.slice(at, at + rowsAtOnce).flat());
      for (const values of read.slice(whole)) one.run(...values);
    });
  }
}
timed(() => {
  database.exec('COMMIT');
  for (const { sql } of objects('index')) database.exec(sql);
  database.close();
});
source.close();
const { size: sourceBytes } = statSync(unpacked);
rmSync(unpacked);
report({ ms, cpuMs: cpu, rows, grants, databaseBytes: statSync(target).size, sourceBytes });
