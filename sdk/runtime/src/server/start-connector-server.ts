import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import type { Http2SecureServer } from 'node:http2';
import type { ConnectorServices } from '@batonkit/connector';
import type { Clock } from '@batonkit/kernel';
import { Health } from '@batonkit/protocol/grpc';
import type { Interceptor } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { answerUnknown } from './answer-unknown.ts';
import { checkRequests } from './check-requests.ts';
import { cutPages, LARGEST_MESSAGE } from './cut-pages.ts';
import { neverNotFound } from './never-not-found.ts';
import { routeHealth } from './route-health.ts';
import { routeReflection } from './route-reflection.ts';
import { routeConnector } from './routes.ts';

/** PEM, all of them. */
export interface ServerCredentials {
  cert: string;
  key: string;
  /** Whose clients are served; no other certificate authority is trusted. */
  clientCa: string;
}

export type ListenPlace =
  | { host: string; port: number }
  /** A Unix socket. */
  | { path: string }
  /** A socket that listens already, inherited from a parent. */
  | { descriptor: number };

export interface ConnectorServerOptions {
  services: ConnectorServices;
  credentials: ServerCredentials;
  listen: ListenPlace;
  /** Health and reflection, which a stock parent's child does not have. */
  withTools: boolean;
  clock: Clock;
  /** Around everything else, such as a log line for each call. */
  interceptors?: readonly Interceptor[];
  /** Bytes of one answer; what a stock peer takes by default. */
  largestMessage?: number;
}

export interface ConnectorServer extends AsyncDisposable {
  /** The port, or nothing for a Unix socket. */
  readonly port: number | undefined;
  /** Takes no more calls, waits for those that run, and ends all connections. */
  close(graceMs: number): Promise<void>;
}

/**
 * Serves a connector over gRPC, to clients with a certificate of the given authority only: TLS 1.2 or newer, HTTP/2,
 * nothing compressed (as recorded of the genuine one).
 *
 * @throws Error of the system when the place cannot be listened at
 */
export async function startConnectorServer(options: ConnectorServerOptions): Promise<ConnectorServer> {
  const {
    services,
    credentials,
    listen,
    withTools,
    clock,
    interceptors = [],
    largestMessage = LARGEST_MESSAGE,
  } = options;
  const ended = new AbortController();
  const handler = connectNodeAdapter({
    routes: (router) => {
      routeConnector(router, services);
      if (!withTools) return;
      const served = new Set(router.handlers.map(({ service }) => service));
      routeHealth(
        router,
        [...served, Health].map(({ typeName }) => typeName),
        ended.signal,
      );
      routeReflection(router, [...served, Health]);
    },
    connect: false,
    grpcWeb: false,
    acceptCompression: [],
    readMaxBytes: LARGEST_MESSAGE,
    writeMaxBytes: largestMessage,
    interceptors: [...interceptors, neverNotFound, checkRequests, cutPages(largestMessage)],
    fallback: answerUnknown,
  });
  const server = createSecureServer(
    {
      cert: credentials.cert,
      key: credentials.key,
      ca: credentials.clientCa,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      allowHTTP1: false,
      handshakeTimeout: 10_000,
    },
    handler,
  );
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // A connection that breaks off is the peer's affair; without a listener it would end the process.
  server.on('sessionError', () => {});
  server.on('tlsClientError', () => {});
  await listening(server, listen);
  const address = server.address();
  const close = async (graceMs: number): Promise<void> => {
    if (ended.signal.aborted) return;
    ended.abort();
    const closed = once(server, 'close');
    server.close();
    const waiting = new AbortController();
    const wait = clock.sleep(graceMs, waiting.signal).catch(() => {});
    await Promise.race([closed, graceMs > 0 ? wait : undefined]);
    waiting.abort();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port: typeof address === 'object' ? (address as AddressInfo | null)?.port : undefined,
    close,
    [Symbol.asyncDispose]: () => close(0),
  };
}

async function listening(server: Http2SecureServer, place: ListenPlace): Promise<void> {
  server.listen('descriptor' in place ? { fd: place.descriptor } : place);
  await once(server, 'listening');
}
