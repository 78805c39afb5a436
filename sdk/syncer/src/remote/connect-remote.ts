import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { Clock } from '@batonkit/kernel';
import {
  ConnectorService,
  EntitlementsService,
  GrantsService,
  ResourceGetterService,
  ResourcesService,
  ResourceTypesService,
} from '@batonkit/protocol';
import type { Interceptor } from '@connectrpc/connect';
import { createClient } from '@connectrpc/connect';
import type { ConnectorClient } from '../connector-client.ts';
import { fail } from '../errors.ts';
import { retryPassing } from './retry-passing.ts';

/** Where a connector is served. */
export type RemotePlace =
  | { host: string; port: number }
  /** A Unix socket. */
  | { path: string };

export interface RemoteOptions {
  place: RemotePlace;
  /** PEM: the one authority whose servers are trusted, and the certificate and key that we show. */
  ca: string;
  cert: string;
  key: string;
  clock: Clock;
  signal: AbortSignal;
  /** How long the first connection may take, milliseconds; default 30,000. */
  connectMs?: number;
  /** Bytes of one answer; default 64 MiB. Stock peers send at most 4 MiB. */
  largestAnswer?: number;
  /** Turns what a call threw into something that says more. */
  explain?: (thrown: unknown) => Promise<unknown>;
}

export interface RemoteConnector extends AsyncDisposable {
  client: ConnectorClient;
}

/**
 * Connects to a connector that is served over gRPC with mutual TLS, such as `baton-runlayer serve`. Only the connection
 * is made; nothing is called.
 *
 * A connector of another SDK leaves waiting for its source to its caller: calls that failed as Unavailable or
 * DeadlineExceeded are made again, up to 15 minutes without an answer. One of this SDK has waited already.
 *
 * @throws BatonError `BK-REMOTE` when nothing answers there or the two do not trust each other
 */
export async function connectRemote(options: RemoteOptions): Promise<RemoteConnector> {
  // Costs a fifth of the start of a run that has its connector in the same process.
  const { createGrpcTransport, Http2SessionManager } = await import('@connectrpc/connect-node');
  const { place, ca, cert, key, clock, signal, connectMs = 30_000, largestAnswer = 64 * 2 ** 20, explain } = options;
  const tls: ConnectionOptions = {
    ca,
    cert,
    key,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['h2'],
    // A socket has no name, and the authority vouches for nobody else.
    ...('path' in place ? { ...place, checkServerIdentity: () => undefined } : place),
  };
  let first: TLSSocket | undefined = await tryConnection(tls, place, { clock, signal, connectMs });
  const baseUrl = `https://${'path' in place ? 'localhost' : authorityOf(place)}`;
  // No pings: genuine servers end a connection that sends some more often than every five minutes.
  const sessionManager = new Http2SessionManager(baseUrl, {}, { createConnection: () => take() });
  const take = (): TLSSocket => {
    const socket = first ?? connectTls(tls);
    first = undefined;
    return socket;
  };
  const explained: Interceptor = (next) => async (request) => {
    try {
      return await next(request);
    } catch (error) {
      throw (await explain?.(error)) ?? error;
    }
  };
  const transport = createGrpcTransport({
    baseUrl,
    sessionManager,
    acceptCompression: [],
    readMaxBytes: largestAnswer,
    interceptors: [retryPassing(clock), ...(explain === undefined ? [] : [explained])],
  });
  return {
    client: {
      connector: createClient(ConnectorService, transport),
      resourceTypes: createClient(ResourceTypesService, transport),
      resources: createClient(ResourcesService, transport),
      resourceGetter: createClient(ResourceGetterService, transport),
      entitlements: createClient(EntitlementsService, transport),
      grants: createClient(GrantsService, transport),
    },
    [Symbol.asyncDispose]: () => {
      sessionManager.abort();
      first?.destroy();
      return Promise.resolve();
    },
  };
}

/** The first connection, to tell apart why there is none; a library would only say that it is not available. */
async function tryConnection(
  tls: ConnectionOptions,
  place: RemotePlace,
  { clock, signal, connectMs }: { clock: Clock; signal: AbortSignal; connectMs: number },
): Promise<TLSSocket> {
  const where = 'path' in place ? place.path : authorityOf(place);
  signal.throwIfAborted();
  const timer = new AbortController();
  const socket = connectTls(tls);
  const stop = (): void => void socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      // With TLS 1.3 the refusal of our certificate comes after the handshake; the server's first frame, only without.
      // It is left in the socket for who takes that over.
      socket.on('readable', onReadable);
      function onReadable(): void {
        if (socket.readableLength === 0) return;
        socket.off('readable', onReadable);
        resolve();
      }
      socket.once('close', () => reject(new Error('closed')));
      clock.sleep(connectMs, timer.signal).then(
        () => reject(Object.assign(new Error('too slow'), { code: 'ETIMEDOUT' })),
        () => {},
      );
    });
    return socket;
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    throw fail('BK-REMOTE', { where, why: reasonOf(error) }, { cause: error });
  } finally {
    signal.removeEventListener('abort', stop);
    timer.abort();
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^(ECONNREFUSED|ENOENT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/.test(code)) return 'nothing listens there';
  if (code === 'ETIMEDOUT') return 'it does not answer';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'its certificate is not valid at this time';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'its certificate is for another address';
  if (/SELF_SIGNED|UNABLE_TO_|CERT_|DEPTH_ZERO|INVALID_CA/.test(code) && !code.includes('ALERT'))
    return 'its certificate is not of the authority that was given';
  if (code.startsWith('ERR_SSL_TLSV') || code.includes('ALERT')) return 'it does not accept our certificate';
  return 'it ends the connection, which it also does when it does not accept our certificate';
}

const authorityOf = ({ host, port }: { host: string; port: number }): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;
