// The other thread of a WorkerStore: owns the database, and does what it is told, one thing after the other. Imports
// little, as a thread loads everything anew.
import { setImmediate as turn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { BatonError } from '@batonkit/kernel';
import { COLUMNS } from './columns.ts';
import type { DataTable } from './columns.ts';
import type { RowCounts } from './count-rows.ts';
import type { ExpansionProgress } from './expansion/expansion-progress.ts';
import type { Expansion } from './expansion/expansion.ts';
import { explainWrite } from './errors.ts';
import { HeadStart } from './head-start.ts';
import { unpackRows } from './packed-rows.ts';
import { proveFinished } from './prove-finished.ts';
import { WorkDatabase } from './work-database.ts';
import type { EncodedBatch } from './work-database.ts';
import type { PackedBatch, StoreAnswer, StoreRequest, StoreThread, StoreValue } from './worker-store.ts';

const thread = workerData as StoreThread;
const port = parentPort;
if (port === null) throw new Error('this is a thread, not a program');

let database: WorkDatabase | undefined;
/** Once rows were lost nothing more is taken; whoever asks hears why. */
let failure: { error: unknown } | undefined;

async function attempt(work: () => StoreValue | Promise<StoreValue>): Promise<void> {
  let answer: StoreAnswer;
  try {
    answer = { value: await work() };
  } catch (error) {
    failure ??= { error };
    const explained = explainWrite(error, thread.path);
    answer =
      explained instanceof BatonError
        ? { report: explained.report }
        : { message: explained instanceof Error ? explained.message : String(explained) };
  }
  port?.postMessage(answer);
}

/** What was answered already cannot be answered with an error; the next request is. */
function attemptFlush(): void {
  try {
    if (staged > 0) flush();
  } catch (error) {
    failure ??= { error };
  }
}

function opened(): WorkDatabase {
  if (database === undefined) throw new Error('the database is not open');
  return database;
}

function unpack({ rows, checkpoint, discoveredAt }: PackedBatch): EncodedBatch {
  const unpacked = rows.map(([table, packed]) => [table, unpackRows(packed, COLUMNS[table].length - 1)]);
  return { rows: Object.fromEntries(unpacked) as EncodedBatch['rows'], checkpoint, discoveredAt };
}

/** Batches that are waiting go into one transaction; it ends when none is, or when it is large. */
const ROWS_AT_ONCE = 5000;
let staged = 0;
const headStart = new HeadStart();

function store(batch: EncodedBatch): null {
  headStart.see(Object.keys(batch.rows) as DataTable[], opened());
  opened().stage(batch);
  // A checkpoint without rows, too, is something to flush.
  staged += 1;
  for (const { messages } of Object.values(batch.rows)) staged += messages.ends.length;
  if (staged >= ROWS_AT_ONCE) flush();
  return null;
}

function flush(): void {
  staged = 0;
  opened().flush();
}

let expansion: Expansion | undefined;

async function expand(discoveredAt: string): Promise<ExpansionProgress> {
  flush();
  const loaded = await import('./expansion/expansion.ts');
  expansion ??= new loaded.Expansion(opened().connection, thread.sync.id, thread.database);
  return expansion.step(discoveredAt);
}

function end(endedAt: number): RowCounts {
  flush();
  headStart.end();
  const steps = opened().end(endedAt);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** While no request waits. */
async function useTime(isFree: () => boolean): Promise<void> {
  try {
    while (isFree() && headStart.step()) await turn();
  } catch (error) {
    failure ??= { error };
  }
}

async function answer(request: StoreRequest): Promise<void> {
  await attempt(() => {
    switch (request.kind) {
      case 'open':
        database = WorkDatabase.resume(thread.database, thread.sync);
        return null;
      case 'commit':
        if (failure !== undefined) throw failure.error;
        return store(unpack(request.batch));
      case 'expand':
        if (failure !== undefined) throw failure.error;
        return expand(request.discoveredAt);
      case 'end':
        if (failure !== undefined) throw failure.error;
        return end(request.endedAt);
      case 'digest':
        return proveFinished(thread.database, thread.sync, headStart.end());
      default:
        if (database?.isOpen === true) {
          if (failure === undefined) flush();
          database.close();
        }
        return null;
    }
  });
}

await attempt(() => null);
let last: Promise<void> = Promise.resolve();
let requests = 0;
port.on('message', (request: StoreRequest) => {
  requests += 1;
  const number = requests;
  last = last.then(() => answer(request));
  // Nothing is held back while nothing comes.
  setImmediate(() => {
    if (number !== requests) return;
    if (staged > 0 && failure === undefined) last = last.then(() => attemptFlush());
    last = last.then(() => useTime(() => number === requests && failure === undefined));
  });
});
