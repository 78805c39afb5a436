import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { addSignInToken, createUser, listUsers, openStore, readSession, type Store } from '@batonkit/console-store';
import type { Clock, Random } from '@batonkit/kernel';
import { ksuid } from '@batonkit/protocol';
import { loadCatalogue } from './catalogue/catalogue.ts';
import type { Program } from './catalogue/program.ts';
import { prepareDataDirectory, removeRunDirectories } from './data/data-directory.ts';
import { loadMasterKey } from './data/master-key.ts';
import { createSecretBox } from './data/secret-box.ts';
import { fail } from './errors.ts';
import { createEvents } from './events.ts';
import { createApp } from './http/app.ts';
import { appHandlers } from './http/handlers/app-handlers.ts';
import { connectorHandlers } from './http/handlers/connector-handlers.ts';
import { evidenceHandlers } from './http/handlers/evidence-handlers.ts';
import type { HandlerContext } from './http/handlers/context.ts';
import { sessionHandlers } from './http/handlers/session-handlers.ts';
import { hashToken, newToken, SIGN_IN_TIME } from './http/session.ts';
import { sweepLogs } from './hosted/sweep-logs.ts';
import { Worker } from './hosted/worker.ts';
import { createLog } from './logger.ts';

export interface ConsoleOptions {
  dataDir: string;
  /** On the loopback address; 0 takes a free one. */
  port: number;
  programs: Program[];
  /** Origins on this machine that a connector may reach. */
  allowedOrigins: string[];
  /** The built web app. */
  webRoot: string;
  version: string;
  clock: Clock;
  random: Random;
  writeLog: (line: string) => void;
}

export interface Console extends AsyncDisposable {
  /** `http://127.0.0.1:…` */
  url: string;
  /** Works once, for an hour. */
  signInLink: string;
  app: OpenAPIHono;
  store: Store;
}

/**
 * Builds the whole console, here and nowhere else, and starts it. Disposing ends the listener, the
 * children and the database, in this order.
 *
 * @throws BatonError `BK-LOCK`, `BK-DATA-…`, `BK-KEY-…`, `BK-CATALOG`, `BK-PORT`
 */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  const { clock, random } = options;
  const { log, hide } = createLog(options.writeLog, clock);
  await using undo = new AsyncDisposableStack();

  const data = prepareDataDirectory(options.dataDir);
  const secretBox = createSecretBox(loadMasterKey(data, random), random);
  const store = undo.use(await openStore({ dataDir: data.root, clock, newId: () => ksuid(clock, random) }));
  removeRunDirectories(data);
  await sweepLogs(store.db, data);
  const catalogue = await loadCatalogue(options.programs, data);
  const events = createEvents();

  const { allowedOrigins } = options;
  const name = 'console';
  const deps = { db: store.db, catalogue, secretBox, data, events, clock, random, log };
  const worker = new Worker({ ...deps, allowedOrigins, name });
  undo.defer(() => worker.stop());

  let port = options.port;
  const stopping = new AbortController();
  const context: HandlerContext = {
    store,
    dataDir: data.root,
    catalogue,
    secretBox,
    events,
    clock,
    random,
    allowedOrigins: new Set(allowedOrigins),
    hide,
    wakeWorker: () => worker.wake(),
  };
  const app = createApp({
    handlers: {
      ...sessionHandlers(context),
      ...connectorHandlers(context),
      ...evidenceHandlers(context),
      ...appHandlers(context),
    },
    findUser: (tokenHash) => readSession(store.db, tokenHash),
    events,
    log,
    clock,
    port: () => port,
    webRoot: options.webRoot,
    version: options.version,
    stopping: stopping.signal,
  });
  const listener = await listen(app, options.port);
  undo.defer(() => listener.close());
  undo.defer(() => stopping.abort());
  port = listener.port;
  const url = `http://127.0.0.1:${port}`;
  const signInLink = `${url}/sign-in#token=${await signInToken(store, clock, random)}`;
  worker.start();
  log.info({ port, connectors: catalogue.all().map(({ entry }) => entry.id) }, 'console started');

  const resources = undo.move();
  return { url, signInLink, app, store, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

async function listen(app: OpenAPIHono, port: number): Promise<{ port: number; close: () => Promise<void> }> {
  const answer = getRequestListener(app.fetch);
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' || error.code === 'EACCES' ? fail('BK-PORT', { port }) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** For the one local administrator, made at the first start. */
async function signInToken({ db }: Store, clock: Clock, random: Random): Promise<string> {
  const token = newToken(random);
  await db.transaction(async (tx) => {
    const user = (await listUsers(tx)).items[0] ?? (await createUser(tx, 'Local administrator'));
    const expiresAt = new Date(clock.now() + SIGN_IN_TIME).toISOString();
    await addSignInToken(tx, { userId: user.id, hash: hashToken(token), expiresAt });
  });
  return token;
}
