import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { C1zReader } from './c1z-reader.ts';
import { decompressEnvelope } from './envelope.ts';
import type { Written } from './envelope.ts';
import { explainSqlite, explainWrite, fail } from './errors.ts';
import { addIndexes, lacksIndexes, makeReadable, NEEDED_TABLES, tableNames } from './readable-tables.ts';
import { Reader } from './reader.ts';

// The genuine cap on decoded size (protocol: c1z.md 1).
const DECODED_LIMIT = 10 * 1024 ** 3;
const DATABASE_HEADER = Buffer.from('SQLite format 3\0');

export interface OpenC1zOptions {
  /** Where the database is unpacked, in a folder of its own that goes when the reader is disposed of; default: the system's. */
  workDir?: string;
  /** Bytes that the file may unpack to; default 10 GiB. */
  decodedLimit?: number;
  /**
   * `tolerant` reads whatever the genuine tools read, to look at it: a missing table is empty, and the rows of an
   * unfinished sync are shown. `strict`, the default, is for what is built on a file: nothing may be missing.
   */
  mode?: 'strict' | 'tolerant';
  /** The run to read, by its id, finished or not; default: see `C1zReader.sync`. */
  syncId?: string;
}

/**
 * Opens a `.c1z` of version 1 of any SDK: unpacks it, checks that it is whole, and reads it. The file itself is not
 * changed.
 *
 * @throws BatonError `BK-C1Z-…`
 */
export async function openC1z(path: string, options: OpenC1zOptions = {}): Promise<C1zReader> {
  return openReader(path, options);
}

/** As `openC1z`, with what only this package needs. */
export async function openReader(path: string, options: OpenC1zOptions): Promise<Reader> {
  const folder = await mkdtemp(join(options.workDir ?? tmpdir(), 'c1z-'));
  try {
    const copy = join(folder, 'db');
    const written = await unpack(path, copy, options.decodedLimit ?? DECODED_LIMIT);
    const mode = options.mode ?? 'strict';
    return new Reader({
      path,
      copy,
      folder,
      database: openDatabase(copy, path, mode),
      written,
      mode,
      syncId: options.syncId,
    });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Unpacks the database of a file. What does not begin as one is refused before the rest is unpacked. */
export async function unpack(path: string, target: string, limit: number): Promise<Written> {
  await using file = await open(target, 'wx', 0o600);
  let head = Buffer.alloc(0);
  const check = (): void => {
    if (!DATABASE_HEADER.subarray(0, head.length).equals(head)) throw notDatabase(path);
  };
  try {
    const written = await decompressEnvelope(
      path,
      limit,
      async (chunk) => {
        if (head.length < DATABASE_HEADER.length) {
          head = Buffer.concat([head, chunk.subarray(0, DATABASE_HEADER.length - head.length)]);
          check();
        }
        // The handle goes on where it stopped.
        await file.appendFile(chunk);
      },
      path,
    );
    if (head.length > 0 && head.length < DATABASE_HEADER.length) throw notDatabase(path);
    await clearWalFlag(target);
    return written;
  } catch (error) {
    throw explainWrite(error, target);
  }
}

function notDatabase(path: string): Error {
  return fail('BK-C1Z-DAMAGED', { path, how: 'its content is not a SQLite database' });
}

/** Old SDKs leave the WAL flag in the header, with which SQLite would not open a lone file read-only (c1z.md 2). */
async function clearWalFlag(database: string): Promise<void> {
  await using file = await open(database, 'r+');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 18);
  if (bytesRead === 2 && buffer[0] === 2) await file.write(Buffer.of(1, 1), 0, 2, 18);
}

function openDatabase(copy: string, path: string, mode: 'strict' | 'tolerant'): DatabaseSync {
  const open = (): DatabaseSync =>
    new DatabaseSync(copy, { readOnly: true, enableForeignKeyConstraints: false, defensive: true });
  let database = open();
  try {
    checkSchema(database, path);
    if (mode === 'strict') checkWhole(database, path);
    if (lacksIndexes(database)) {
      database.close();
      addIndexes(copy);
      database = open();
    }
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
    makeReadable(database, path);
    return database;
  } catch (error) {
    if (database.isOpen) database.close();
    throw explainSqlite(error, path);
  }
}

/** Such things run while a table is read; no writer of these files makes any. */
function checkSchema(database: DatabaseSync, path: string): void {
  database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
  const objects = database.prepare('SELECT type, sql FROM sqlite_master').all();
  // SQLite itself stores a table's statement from these two words on, so a comment between them is somebody's trick.
  const isPlain = (type: unknown, sql: unknown): boolean =>
    type === 'index' || (type === 'table' && /^CREATE TABLE\b/i.test(String(sql)));
  if (objects.some(({ type, sql }) => !isPlain(type, sql)))
    throw fail('BK-C1Z-CONTENT', { path, how: 'it holds views, triggers or virtual tables' });
}

/** What a newer writer left elsewhere must not look like nothing. */
function checkWhole(database: DatabaseSync, path: string): void {
  const names = tableNames(database);
  if (names.size === 0) throw fail('BK-C1Z-DAMAGED', { path, how: 'its database is empty' });
  const missing = NEEDED_TABLES.find((name) => !names.has(name));
  if (missing !== undefined) throw fail('BK-C1Z-CONTENT', { path, how: `the table ${missing} is missing` });
  const newer = [...names].find((name) => /^v(?!1_)\d+_/.test(name));
  if (newer !== undefined) throw fail('BK-C1Z-CONTENT', { path, how: `it has a table ${newer} of another schema` });
  for (const [name, expected] of Object.entries({ user_version: 0, application_id: 0, encoding: 'UTF-8' })) {
    const value = database.prepare(`PRAGMA ${name}`).get()?.[name];
    if (value !== expected)
      throw fail('BK-C1Z-CONTENT', {
        path,
        how: `its database says ${name} ${String(value)}, which no writer of version 1 does`,
      });
  }
}
