import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openC1z } from '@batonkit/c1z';
import { guard } from '@batonkit/console-domain';
import { applySync, compareSync, failRun, holdSync, stageSync, type Db, type Lease } from '@batonkit/console-store';
import type { DataDirectory } from '../data/data-directory.ts';
import { fail } from '../errors.ts';
import type { Log } from '../logger.ts';
import { stagedBatches } from './staged-rows.ts';

export interface IngestOptions {
  db: Db;
  lease: Lease;
  data: DataDirectory;
  signal: AbortSignal;
  log: Log;
}

/**
 * Takes a file into the ledger: stages its rows, compares, lets the guard judge, then applies or holds.
 * May start again at any time; what an earlier attempt staged is dropped.
 *
 * @throws BatonError when the file or its rows are not as they must be; nothing is applied then
 */
export async function ingestRun({ db, lease, data, signal, log }: IngestOptions): Promise<void> {
  await stageFile(db, lease, data, signal);
  const comparison = await compareSync(db, lease);
  const verdict = guard(comparison.guard);
  const facts = { runId: lease.runId, syncId: comparison.syncId };
  switch (verdict.kind) {
    case 'apply': {
      const outcome = await applySync(db, lease, comparison, verdict.warnings);
      log.info(
        { ...facts, outcome, added: comparison.grantsAdded, removed: comparison.grantsRemoved },
        'sync taken in',
      );
      return;
    }
    case 'hold':
      await db.transaction((tx) => holdSync(tx, lease, comparison, verdict.reasons));
      log.warn({ ...facts, reasons: verdict.reasons.map(({ code }) => code) }, 'sync held');
      return;
    case 'refuse':
      await db.transaction((tx) => failRun(tx, lease, verdict.error));
      log.warn({ ...facts, code: verdict.error.code }, 'sync refused');
  }
}

/** What it unpacks lies in a run directory, so that it also goes when this process is killed: at the next start. */
async function stageFile(db: Db, lease: Lease, data: DataDirectory, signal: AbortSignal): Promise<void> {
  const { artefact } = lease;
  if (artefact === null) throw fail('BK-INGEST', { what: 'The run names no file.' });
  const workDir = data.run(`${lease.runId}.ingest.${lease.attempt}`);
  await mkdir(workDir, { mode: 0o700 });
  try {
    await using file = await openC1z(join(data.root, artefact.path), { workDir });
    if (file.sha256 !== artefact.sha256) throw fail('BK-INGEST', { what: 'It has changed since it was received.' });
    await stageSync(db, lease, stagedBatches(file), signal);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}
