import { existsSync } from 'node:fs';
import { copyFile, link, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import type { Clock } from '@batonkit/kernel';
import { ResourceTypeSchema } from '@batonkit/protocol';
import { markTarget, runsToKeep } from './check-target.ts';
import type { TargetMark } from './check-target.ts';
import type { RowCounts } from './count-rows.ts';
import type { ExpansionProgress } from './expansion/expansion-progress.ts';
import { encodeBatch } from './encode-batch.ts';
import type { Batch } from './encode-batch.ts';
import { toColumnTime } from './column-time.ts';
import { compressEnvelope } from './envelope.ts';
import type { Written } from './envelope.ts';
import { explainWrite, fail } from './errors.ts';
import { RequiredTraits } from './required-traits.ts';
import { LocalStore } from './store.ts';
import type { Store } from './store.ts';
import { WorkDatabase } from './work-database.ts';
import type { NewSync, Unfinished } from './work-database.ts';
import { WorkerStore } from './worker-store.ts';

export interface CreateC1zOptions {
  /** Where the file is to appear. A healthy file there keeps its newest runs (protocol: c1z.md 3.6). */
  path: string;
  /** An existing folder of this run alone, on the same file system. */
  workDir: string;
  sync: NewSync;
  clock: Pick<Clock, 'now'>;
  /** Rows up to which a sync may stay in this thread, then it goes to another, which is begun before; default 20,000. */
  localRows?: number;
  /** Finished full runs that the file has in the end, the new one included; default 2. Infinity: all stay. */
  keepRuns?: number;
}

export interface C1zSummary extends Written {
  syncId: string;
  /** Milliseconds since the epoch, as are all times here. */
  startedAt: number;
  endedAt: number;
  /** Of the new run, as are the counts. */
  contentDigest: string;
  counts: RowCounts;
}

/** A file that is being written. Disposing of it before `save` removes everything it made. */
export interface C1zWriter extends AsyncDisposable {
  /** Stores rows and checkpoint in one transaction. A type comes before its resources. */
  commit(batch: Batch): Promise<void>;
  /**
   * One step of giving grants to the members of groups that hold one (`GrantExpandable`), short enough to be stopped after
   * it; to be called until it is done, when all rows are stored. What was done survives a kill.
   */
  expand(): Promise<ExpansionProgress>;
  /** Ends the sync: indexes, references, statistics, the compressed file in the working folder, read back once. */
  finish(end: { endedAt: number }): Promise<C1zSummary>;
  /** The file appears, whole, in one rename. */
  save(): Promise<void>;
  /** Undoes `save`, before the writer is disposed of: what lay at the path lies there again. */
  revert(): Promise<void>;
  /** Stops here and keeps what was committed in the working folder, for `resumeC1z`; nothing is removed any more. */
  leave(): Promise<void>;
}

/**
 * Begins a `.c1z` of version 1 with one sync run; a file that lies there already gives the new one its newest runs.
 *
 * @throws BatonError `BK-C1Z-EXISTS`, `BK-C1Z-WRITE`, `BK-DISK`; from `commit` and `finish` also `BK-C1Z-ID`,
 *   `BK-C1Z-ROW`, `BK-C1Z-DUPLICATE`, `BK-C1Z-DANGLING`, `BK-C1Z-FRAME`
 */
export async function createC1z(options: CreateC1zOptions): Promise<C1zWriter> {
  const { path, workDir, sync } = options;
  const files = new WorkFiles(workDir);
  const mark = await markTarget(path);
  await files.remove();
  let database: WorkDatabase | undefined;
  try {
    if (mark === undefined) database = WorkDatabase.begin(files.database, sync);
    else
      await runsToKeep(path, workDir, {
        startedAt: sync.startedAt,
        keepRuns: options.keepRuns,
        take: (before, ids) => {
          database = WorkDatabase.begin(files.database, sync, { database: before, ids, path });
        },
      });
    await writeFile(files.mark, mark ?? '', { mode: 0o600 });
    return new Writer(options, files, mark, database as WorkDatabase);
  } catch (error) {
    // Said before the files go, which may be all that there was room for.
    const explained = explainWrite(error, path, workDir);
    database?.close();
    await files.remove();
    throw explained;
  }
}

/**
 * Goes on with the sync that a run left unfinished in the working folder, however that run ended; everything that was
 * committed is there. Undefined: there is none, its database is damaged, or another file lies at the path by now.
 *
 * @throws BatonError as `createC1z`
 */
export async function resumeC1z(
  options: Omit<CreateC1zOptions, 'sync'>,
): Promise<(Unfinished & { writer: C1zWriter }) | undefined> {
  const { path, workDir } = options;
  const files = new WorkFiles(workDir);
  const mark = await markTarget(path);
  const unfinished = lookAtUnfinished(workDir);
  const marked = await readFile(files.mark, 'utf8').catch(() => undefined);
  if (unfinished === undefined || marked !== (mark ?? '')) return undefined;
  try {
    // A half-written file of a run that was killed while it compressed.
    await rm(files.staged, { force: true });
    const database = WorkDatabase.resume(files.database, unfinished.sync);
    return { ...unfinished, writer: new Writer({ ...options, sync: unfinished.sync }, files, mark, database) };
  } catch (error) {
    throw explainWrite(error, path);
  }
}

/** What `resumeC1z` would go on with; changes nothing. */
export function lookAtUnfinished(workDir: string): Unfinished | undefined {
  const { database } = new WorkFiles(workDir);
  return existsSync(database) ? WorkDatabase.look(database) : undefined;
}

/** What a writer makes in its working folder. */
class WorkFiles {
  readonly database: string;
  readonly staged: string;
  /** What lay at the path when the sync began. */
  readonly mark: string;
  /** The file that `save` replaced. */
  readonly before: string;

  constructor(workDir: string) {
    this.database = join(workDir, 'db');
    this.staged = join(workDir, 'c1z');
    this.mark = join(workDir, 'target');
    this.before = join(workDir, 'before');
  }

  async remove(): Promise<void> {
    const { database, staged, mark, before } = this;
    const scratch = join(dirname(database), 'expansion');
    for (const made of [
      database,
      `${database}-wal`,
      `${database}-shm`,
      staged,
      mark,
      before,
      scratch,
      `${scratch}-wal`,
      `${scratch}-shm`,
    ])
      await rm(made, { force: true });
  }
}

/** Another thread costs 17 MB, and some 100 ms in which it is loaded: it is begun at a quarter of these rows. */
const LOCAL_ROWS = 20_000;

class Writer implements C1zWriter {
  private readonly options: CreateC1zOptions;
  private readonly files: WorkFiles;
  private readonly mark: TargetMark;
  private readonly traits = new RequiredTraits();
  private store: Store;
  /** Is, or soon will be, the store. */
  private thread: WorkerStore | undefined;
  private rows = 0;
  private left = false;

  constructor(options: CreateC1zOptions, files: WorkFiles, mark: TargetMark, database: WorkDatabase) {
    this.options = options;
    this.files = files;
    this.mark = mark;
    this.store = new LocalStore(database, files.database);
    for (const type of database.resourceTypes()) this.traits.add(fromBinary(ResourceTypeSchema, type));
  }

  async commit(batch: Batch): Promise<void> {
    try {
      const encoded = encodeBatch(batch, this.traits, this.options.clock.now());
      for (const rows of Object.values(encoded.rows)) this.rows += rows.messages.ends.length;
      if (this.store !== this.thread) await this.move();
      await this.store.commit(encoded);
    } catch (error) {
      throw explainWrite(error, this.options.path);
    }
  }

  async expand(): Promise<ExpansionProgress> {
    try {
      return await this.store.expand(toColumnTime(this.options.clock.now()));
    } catch (error) {
      throw explainWrite(error, this.options.path);
    }
  }

  async finish({ endedAt }: { endedAt: number }): Promise<C1zSummary> {
    const { sync, path } = this.options;
    try {
      if (endedAt < sync.startedAt) throw new RangeError('a sync ends after it started');
      const counts = await this.store.end(endedAt);
      // Compressing is the work of other threads; what fails here makes it vain.
      const [digest, written] = await bothOf(
        this.store.digest(),
        compressEnvelope(this.files.database, this.files.staged, path),
      );
      return { ...written, syncId: sync.id, startedAt: sync.startedAt, endedAt, contentDigest: digest, counts };
    } catch (error) {
      throw explainWrite(error, path);
    }
  }

  async save(): Promise<void> {
    const { path } = this.options;
    // Looked at again: the sync took a while, and a rename would replace what somebody put there meanwhile.
    if ((await markTarget(path)) !== this.mark)
      throw fail('BK-C1Z-EXISTS', { path, why: 'it changed while the sync ran' });
    try {
      if (this.mark !== undefined) await keepFile(path, this.files.before);
      await rename(this.files.staged, path);
      await syncFolder(path);
    } catch (error) {
      throw explainWrite(error, path);
    }
    await rm(this.files.database, { force: true });
  }

  async revert(): Promise<void> {
    const { path } = this.options;
    if (this.mark === undefined) await rm(path, { force: true });
    else await rename(this.files.before, path);
    await syncFolder(path);
  }

  async leave(): Promise<void> {
    this.left = true;
    await this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    if (!this.left) await this.files.remove();
  }

  /** A large sync: another thread takes the database as soon as it is loaded. */
  private async move(): Promise<void> {
    const { sync, path, localRows = LOCAL_ROWS } = this.options;
    if (this.rows <= localRows / 4) return;
    this.thread ??= WorkerStore.load({ database: this.files.database, sync, path });
    if (this.rows > localRows) await this.thread.loaded();
    if (!this.thread.isLoaded) return;
    await this.store.close();
    this.thread.open();
    this.store = this.thread;
  }

  private async close(): Promise<void> {
    await this.store.close();
    if (this.store !== this.thread) await this.thread?.close();
  }
}

/** Waits for the slower one also when the other fails: nothing goes on in a folder that is being removed. */
async function bothOf<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

/** A second name for the file, so that it stays when the first is given to another; a copy where there are no links. */
async function keepFile(path: string, name: string): Promise<void> {
  await rm(name, { force: true });
  await link(path, name).catch(() => copyFile(path, name));
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(dirname(resolve(path)), 'r');
  await folder.sync();
}
