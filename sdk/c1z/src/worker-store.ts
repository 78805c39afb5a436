import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import { BatonError } from '@batonkit/kernel';
import type { ErrorReport } from '@batonkit/kernel';
import { COLUMNS } from './columns.ts';
import type { DataTable } from './columns.ts';
import type { RowCounts } from './count-rows.ts';
import type { ExpansionProgress } from './expansion/expansion-progress.ts';
import { packRows } from './packed-rows.ts';
import type { PackedRows } from './packed-rows.ts';
import type { Store } from './store.ts';
import type { TableRows } from './table-insert.ts';
import type { EncodedBatch, NewSync } from './work-database.ts';

/** What the other thread is started with. */
export interface StoreThread {
  database: string;
  sync: NewSync;
  /** Of the file, for messages. */
  path: string;
}

/** A batch on its way to the other thread. */
export type PackedBatch = Omit<EncodedBatch, 'rows'> & { rows: [DataTable, PackedRows][] };

export type StoreRequest =
  | { kind: 'open' }
  | { kind: 'commit'; batch: PackedBatch }
  | { kind: 'expand'; discoveredAt: string }
  | { kind: 'end'; endedAt: number }
  | { kind: 'digest' }
  | { kind: 'close' };

/** What an answer holds. */
export type StoreValue = RowCounts | ExpansionProgress | string | null;
/** Answers come in the order of the requests; one comes before, when the thread is loaded. */
export type StoreAnswer = { value: StoreValue } | { report: ErrorReport } | { message: string };

/** Batches on their way: reading and storing overlap, and memory stays bounded. */
const AHEAD = 3;

const GONE = 'the thread that stores rows has ended';

interface Waiting {
  resolve: (value: StoreValue) => void;
  reject: (error: unknown) => void;
}

/** A store in a thread of its own, so that the rows of the next page are made while these are written. */
export class WorkerStore implements Store {
  private readonly worker: Worker;
  private readonly waiting: Waiting[] = [];
  private readonly ahead: Promise<void>[] = [];
  private readonly loading: Promise<void>;
  private failure: { error: unknown } | undefined;
  private hasLoaded = false;
  private isOpen = false;
  private isGone = false;

  private constructor(thread: StoreThread) {
    this.worker = new Worker(new URL('../bin/store-thread.js', import.meta.url), {
      workerData: { ...thread, compileCache: getCompileCacheDir() },
      // It holds a few batches at a time.
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 },
    });
    this.worker.on('message', (answer: StoreAnswer) => {
      const next = this.waiting.shift();
      if ('value' in answer) next?.resolve(answer.value);
      else next?.reject('report' in answer ? new BatonError(answer.report) : new Error(answer.message));
    });
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Error(GONE)));
    this.loading = this.answer().then(
      () => {
        this.hasLoaded = true;
      },
      () => undefined,
    );
  }

  /** Begins to load the thread, which takes a while; until `open` it does not touch the database. */
  static load(thread: StoreThread): WorkerStore {
    return new WorkerStore(thread);
  }

  get isLoaded(): boolean {
    return this.hasLoaded;
  }

  /** Waits until it is loaded. */
  async loaded(): Promise<void> {
    await this.loading;
    this.check();
  }

  /** Gives it the database, which nobody has open any more. Is not waited for: rows may follow at once. */
  open(): void {
    this.isOpen = true;
    this.send({ kind: 'open' });
  }

  async commit(batch: EncodedBatch): Promise<void> {
    this.check();
    const rows = (Object.entries(batch.rows) as [DataTable, TableRows][]).map(
      ([table, all]): [DataTable, PackedRows] => [table, packRows(all, COLUMNS[table].length - 1)],
    );
    const moved = rows.flatMap(([, { columns, messages }]) =>
      [columns, messages.bytes, messages.ends].map(({ buffer }) => buffer as ArrayBuffer),
    );
    this.send({ kind: 'commit', batch: { ...batch, rows } }, moved);
    if (this.ahead.length > AHEAD) await this.ahead.shift();
    this.check();
  }

  async expand(discoveredAt: string): Promise<ExpansionProgress> {
    await Promise.all(this.ahead.splice(0));
    this.check();
    return (await this.request({ kind: 'expand', discoveredAt })) as ExpansionProgress;
  }

  async end(endedAt: number): Promise<RowCounts> {
    await Promise.all(this.ahead.splice(0));
    this.check();
    return (await this.request({ kind: 'end', endedAt })) as RowCounts;
  }

  async digest(): Promise<string> {
    return (await this.request({ kind: 'digest' })) as string;
  }

  async close(): Promise<void> {
    await Promise.all(this.ahead.splice(0));
    if (this.isOpen) await this.request({ kind: 'close' }).catch(() => undefined);
    await this.worker.terminate();
  }

  private check(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  /** A request whose failure the next one tells. */
  private send(request: StoreRequest, moved?: Transferable[]): void {
    const done = this.request(request, moved).then(
      () => undefined,
      (error: unknown) => {
        this.failure ??= { error };
      },
    );
    this.ahead.push(done);
  }

  private request(request: StoreRequest, moved: Transferable[] = []): Promise<StoreValue> {
    const answer = this.answer();
    this.worker.postMessage(request, moved);
    return answer;
  }

  private answer(): Promise<StoreValue> {
    return new Promise((resolve, reject) => {
      if (this.isGone) reject(new Error(GONE));
      else this.waiting.push({ resolve, reject });
    });
  }

  /** The thread is gone: whoever waits for it need not. */
  private fail(error: unknown): void {
    this.isGone = true;
    this.failure ??= { error };
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }
}
