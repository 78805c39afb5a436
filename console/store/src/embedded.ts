import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { fail } from './errors.ts';

/** The embedded database, reachable by any PostgreSQL driver at this host and port. */
export interface Embedded {
  /** The folder of the Unix socket. */
  readonly host: string;
  readonly port: number;
  /** Ends it in order; connections must be closed before. */
  close(): Promise<void>;
}

const PORT = 5432;
// The kernel's limit on macOS; Linux has 107.
const MAX_SOCKET_PATH = 103;

/**
 * Starts the database of a data directory, whose lock the caller holds.
 *
 * @throws BatonError `BK-DB-START`, `BK-DB-PATH`
 */
export async function startEmbedded(dataDir: string): Promise<Embedded> {
  const socketPath = join(dataDir, 'socket', `.s.PGSQL.${PORT}`);
  const length = Buffer.byteLength(socketPath);
  if (length > MAX_SOCKET_PATH) throw fail('BK-DB-PATH', { length });
  mkdirSync(dirname(socketPath), { recursive: true, mode: 0o700 });
  // Left by a process that was killed; the lock proves that nobody listens.
  if (existsSync(socketPath)) rmSync(socketPath);

  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), {
    workerData: { databaseDir: join(dataDir, 'db'), socketPath },
  });
  const exited = once(worker, 'exit');
  try {
    await Promise.race([
      once(worker, 'message'),
      exited.then(() => {
        throw new Error('the database ended while it started');
      }),
    ]);
  } catch (error) {
    await worker.terminate();
    throw fail('BK-DB-START', { why: error instanceof Error ? error.message : String(error) }, { cause: error });
  }
  return {
    host: dirname(socketPath),
    port: PORT,
    close: async () => {
      worker.postMessage('close');
      await exited;
    },
  };
}
