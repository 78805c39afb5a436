// The other thread of a WorkerStore: owns the database, and does what it is told, one thing after the other. Imports
// little, as a thread loads everything anew.
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { BatonError } from '@batonkit/kernel';
import { COLUMNS } from './columns.ts';
import type { DataTable } from './columns.ts';
import { contentDigest } from './content-digest.ts';
import type { RowCounts } from './count-rows.ts';
import { explainWrite } from './errors.ts';
import { unpackValues } from './pack-values.ts';
import { WorkDatabase } from './work-database.ts';
import type { EncodedBatch } from './work-database.ts';
import type { PackedBatch, StoreAnswer, StoreRequest, StoreThread } from './worker-store.ts';

const thread = workerData as StoreThread;
const port = parentPort;
if (port === null) throw new Error('this is a thread, not a program');

let database: WorkDatabase | undefined;
let hasFailed = false;

async function attempt(work: () => RowCounts | string | null | Promise<RowCounts | string | null>): Promise<void> {
  let answer: StoreAnswer;
  try {
    answer = { value: await work() };
  } catch (error) {
    hasFailed = true;
    const explained = explainWrite(error, thread.path);
    answer =
      explained instanceof BatonError
        ? { report: explained.report }
        : { message: explained instanceof Error ? explained.message : String(explained) };
  }
  port?.postMessage(answer);
}

function opened(): WorkDatabase {
  if (database === undefined) throw new Error('the database is not open');
  return database;
}

function unpack({ rows, checkpoint, discoveredAt }: PackedBatch): EncodedBatch {
  const unpacked: EncodedBatch['rows'] = {};
  for (const [table, { values, messages }] of Object.entries(rows) as [
    DataTable,
    NonNullable<PackedBatch['rows'][DataTable]>,
  ][])
    unpacked[table] = { values: unpackValues(values, COLUMNS[table].length - 1), messages };
  return { rows: unpacked, checkpoint, discoveredAt };
}

function end(endedAt: number): RowCounts {
  const steps = opened().end(endedAt);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

async function digest(): Promise<string> {
  using finished = new DatabaseSync(thread.database, { readOnly: true });
  return await contentDigest(finished, thread.sync.id);
}

async function answer(request: StoreRequest): Promise<void> {
  await attempt(() => {
    switch (request.kind) {
      case 'commit':
        if (hasFailed) throw new Error('rows before these were not stored');
        opened().commit(unpack(request.batch));
        return null;
      case 'end':
        if (hasFailed) throw new Error('rows were not stored');
        return end(request.endedAt);
      case 'digest':
        return digest();
      default:
        database?.close();
        return null;
    }
  });
}

await attempt(() => {
  database = WorkDatabase.resume(thread.database, thread.sync);
  return null;
});
let last: Promise<void> = Promise.resolve();
port.on('message', (request: StoreRequest) => {
  last = last.then(() => answer(request));
});
