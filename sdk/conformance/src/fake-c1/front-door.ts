import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  performServerHandshake,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { MadeCertificate } from './make-certificate.ts';

/** A TCP connection of a client. */
export interface Connection {
  /** From 1, in the order in which they were made. */
  number: number;
  socket: TLSSocket;
  session?: ServerHttp2Session;
}

export interface Visitors {
  stream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, connection: Connection): void;
  http1(request: IncomingMessage, response: ServerResponse, connection: Connection): void;
}

/** One TLS port that speaks h2 and http/1.1, as C1's does; it can be shut and opened again. */
export interface FrontDoor extends AsyncDisposable {
  port: number;
  /** How many connections were made so far. */
  readonly made: number;
  readonly open: readonly Connection[];
  /** From now on connections are refused; those that exist are cut. */
  shut(): Promise<void>;
  reopen(): Promise<void>;
  /** Cuts all connections. */
  cut(): void;
}

export async function openFrontDoor(made: MadeCertificate, port: number, visitors: Visitors): Promise<FrontDoor> {
  const connections = new Map<TLSSocket, Connection>();
  let count = 0;
  const tls = createServer({ cert: made.certificate, key: made.key, ALPNProtocols: ['h2', 'http/1.1'] });
  const http1 = createHttp1((request, response) => {
    const connection = connections.get(request.socket as TLSSocket);
    if (connection !== undefined) visitors.http1(request, response, connection);
  });
  tls.on('tlsClientError', () => undefined);
  tls.on('secureConnection', (socket) => {
    count += 1;
    const connection: Connection = { number: count, socket };
    connections.set(socket, connection);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => undefined);
    if (socket.alpnProtocol !== 'h2') {
      http1.emit('connection', socket);
      return;
    }
    const session = performServerHandshake(socket);
    connection.session = session;
    // As real servers have it, an upload that is read slowly holds up itself and no other call of its connection.
    session.setLocalWindowSize(64 * 1024 * 1024);
    session.on('error', () => undefined);
    session.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      visitors.stream(stream, headers, connection);
    });
  });
  const listen = async (at: number): Promise<void> => {
    tls.listen(at, '127.0.0.1');
    await once(tls, 'listening');
  };
  await listen(port);
  const chosen = (tls.address() as AddressInfo).port;
  const cut = (): void => {
    for (const { socket } of connections.values()) socket.destroy();
  };
  const shut = async (): Promise<void> => {
    if (!tls.listening) return;
    const closed = once(tls, 'close');
    tls.close();
    cut();
    await closed;
  };
  return {
    port: chosen,
    get made() {
      return count;
    },
    get open() {
      return [...connections.values()];
    },
    shut,
    reopen: () => listen(chosen),
    cut,
    [Symbol.asyncDispose]: shut,
  };
}
