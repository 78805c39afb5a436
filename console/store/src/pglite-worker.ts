// Entry of the worker thread that the embedded database lives in: its work must not stop the server's loop.
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { parentPort, workerData } from 'node:worker_threads';

const { databaseDir, socketPath } = workerData as { databaseDir: string; socketPath: string };
const port = parentPort;
if (port === null) throw new Error('pglite-worker runs in a worker thread only');

const database = await PGlite.create({ dataDir: databaseDir });
const server = new PGLiteSocketServer({ db: database, path: socketPath, maxConnections: 4 });
await server.start();
port.once('message', () => {
  void (async () => {
    await server.stop();
    await database.close();
    port.close();
  })();
});
port.postMessage('ready');
