import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { errorTable, row, Status } from './error.ts';

const fail = errorTable({
  'BK-LOCK': row<{ what: string }>({
    status: Status.FailedPrecondition,
    title: ({ what }) => `Another process is using ${what}.`,
    meaning: 'Two at once would damage it, so this one did nothing.',
    remedy: 'Wait until the other one ends, or stop it.',
  }),
});

/** Held until disposed or until the process dies, however it dies. */
export interface OsLock extends Disposable {
  readonly path: string;
}

/**
 * Takes an exclusive lock that the kernel frees at death: a small SQLite file held in an exclusive
 * transaction. A pid in a file would not do: in a container every process has the same small pid.
 *
 * @param path the lock file; made with mode 0600 and left in place afterwards
 * @param what names the locked thing in the message
 * @throws BatonError `BK-LOCK` (exit 9) when another process, or another holder in this one, has it
 */
export function acquireOsLock(path: string, what: string): OsLock {
  const database = new DatabaseSync(path);
  try {
    chmodSync(path, 0o600);
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw fail('BK-LOCK', { what }, { cause: error });
  }
  return {
    path,
    [Symbol.dispose]: () => {
      database.exec('ROLLBACK');
      database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (error as { errcode: number }).errcode % 256 === 5;
}
