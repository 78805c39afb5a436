import { setImmediate as turn } from 'node:timers/promises';
import { BatonError } from '@batonkit/kernel';
import type { C1zReader } from './c1z-reader.ts';
import type { RowCounts } from './count-rows.ts';
import { openC1z } from './open-c1z.ts';
import type { OpenC1zOptions } from './open-c1z.ts';
import type { SyncRun } from './sync-run.ts';

export const FILE_CHECKS = ['container and database', 'schema', 'rows', 'sync', 'references'] as const;
export type FileCheck = (typeof FILE_CHECKS)[number];

/** What one check found: sentences; empty: it passed. */
export interface CheckResult {
  check: FileCheck;
  problems: string[];
}

const ROWS = 500;

export interface CheckFileOptions {
  /** Also refuses a schema that differs from the one that this release writes, as older SDKs' do. */
  exactSchema: boolean;
  /** Takes a sync of less than the whole tenant, which may refer to what it does not list. */
  narrowed?: boolean;
  signal: AbortSignal;
}

/** Looks at everything in a file that was opened strictly. Lets others run in between. */
export async function* checkFile(
  file: C1zReader,
  { exactSchema, narrowed = false, signal }: CheckFileOptions,
): AsyncGenerator<CheckResult> {
  const checks: [FileCheck, () => string[] | Promise<string[]>][] = [
    ['container and database', () => file.integrityProblems()],
    ['schema', () => (exactSchema ? file.schemaDifferences() : [])],
    ['rows', () => rowProblems(file, signal)],
    ['sync', () => file.syncProblems({ narrowed })],
    ['references', () => (narrowed ? [] : file.danglingReferences().map(({ count, what }) => `${count} ${what}`))],
  ];
  for (const [check, run] of checks) {
    signal.throwIfAborted();
    try {
      yield { check, problems: await run() };
    } catch (error) {
      if (!(error instanceof BatonError)) throw error;
      yield { check, problems: [error.report.title] };
    }
  }
}

async function rowProblems(file: C1zReader, signal: AbortSignal): Promise<string[]> {
  let seen = 0;
  for (const _row of file.checkRows()) {
    if (++seen % ROWS !== 0) continue;
    await turn();
    signal.throwIfAborted();
  }
  return [];
}

/** Healthy: one may build on it. Else what it failed at first; `code` is of the error that opening it gave. */
export type Judgement =
  | { healthy: true; sync: SyncRun; counts: RowCounts; sha256: string }
  | { healthy: false; check: FileCheck; code?: string; why: string };

/**
 * Judges a file strictly, whoever wrote it: container, database, rows against their columns, a finished full run,
 * references intact, nothing dropped by its writer.
 *
 * @throws BatonError `BK-C1Z-MISSING`, `BK-C1Z-READ`: nothing was seen of it
 */
export async function judgeC1z(
  path: string,
  options: Pick<OpenC1zOptions, 'workDir' | 'decodedLimit'> & { signal: AbortSignal },
): Promise<Judgement> {
  let reader: C1zReader;
  try {
    reader = await openC1z(path, options);
  } catch (error) {
    if (!(error instanceof BatonError) || ['BK-C1Z-MISSING', 'BK-C1Z-READ'].includes(error.code)) throw error;
    return { healthy: false, check: FILE_CHECKS[0], code: error.code, why: error.report.title };
  }
  await using file = reader;
  for await (const { check, problems } of checkFile(file, { exactSchema: false, signal: options.signal })) {
    if (problems.length > 0) return { healthy: false, check, why: problems.join('; ') };
  }
  return { healthy: true, sync: file.sync as SyncRun, counts: file.counts(), sha256: file.sha256 };
}
