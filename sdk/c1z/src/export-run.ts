import { lstat, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { compressEnvelope } from './envelope.ts';
import type { Written } from './envelope.ts';
import { explainWrite, fail } from './errors.ts';
import { openReader } from './open-c1z.ts';
import { copyRuns } from './readable-tables.ts';
import { INDEXES, TABLES } from './schema.ts';

export interface ExportRunOptions {
  from: string;
  /** A path where nothing lies. */
  to: string;
  /** Default: the newest finished run. */
  syncId?: string;
}

/**
 * Copies one run, under its own sync id, into a file of its own.
 *
 * @throws BatonError `BK-C1Z-…` of the file that is read; `BK-C1Z-EXISTS`, `BK-DISK`
 */
export async function exportRun({ from, to, syncId }: ExportRunOptions): Promise<Written & { syncId: string }> {
  if (await exists(to)) throw fail('BK-C1Z-EXISTS', { path: to, why: 'a run is exported to a new file' });
  await using reader = await openReader(from, syncId === undefined ? {} : { syncId });
  const { sync } = reader;
  if (sync === undefined) throw fail('BK-C1Z-CONTENT', { path: from, how: 'it holds no finished sync' });
  const folder = await mkdtemp(join(dirname(resolve(to)), '.c1z-')).catch((error: NodeJS.ErrnoException) => {
    throw fail(
      'BK-C1Z-WRITE',
      { path: to, why: error.code === 'ENOENT' ? 'its folder does not exist' : 'the system refuses it' },
      { cause: error },
    );
  });
  try {
    const copy = join(folder, 'db');
    {
      using database = new DatabaseSync(copy);
      database.exec('PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
      for (const sql of TABLES) database.exec(sql);
      copyRuns(database, reader.databasePath, [sync.id], from);
      for (const sql of INDEXES) database.exec(sql);
      database.exec('PRAGMA journal_mode = DELETE');
    }
    const staged = join(folder, 'c1z');
    const written = await compressEnvelope(copy, staged, to);
    if (await exists(to)) throw fail('BK-C1Z-EXISTS', { path: to, why: 'it appeared meanwhile' });
    await rename(staged, to);
    return { ...written, syncId: sync.id };
  } catch (error) {
    throw explainWrite(error, to);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}
