import type { ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { NetworkSettings } from '@batonkit/connector';
import { proxyFor, trusting, tunnel } from '@batonkit/connector';
import type { Clock } from '@batonkit/kernel';
import { Code, ConnectError } from '@connectrpc/connect';
import { Http2SessionManager } from '@connectrpc/connect-node';
import { hearSession } from '../hear-session.ts';

export interface ChannelOptions {
  /** `host` or `host:port`; the port is 443 by default. */
  host: string;
  network: Pick<NetworkSettings, 'ca' | 'proxy'>;
  clock: Clock;
  /**
   * Between two pings while a call is open, and the age from which an idle connection is tried before it is used; 30 s.
   * A peer that does not answer one for half as long is gone, whatever the socket says. One that says that these are
   * too many gets half as many.
   */
  pingMs?: number;
  /** After so long without a call the connection is closed; 15 min. */
  idleMs?: number;
}

/** The limit of the genuine client's dial (protocol: runtime 3.3). */
const CONNECT_MS = 30_000;
const TLS = { minVersion: 'TLSv1.2' } as const;

/**
 * One HTTP/2 connection over TLS to C1, made when it is needed and made again when it is gone. Half-open ones are
 * found by pings. There is no way to leave out TLS or its checks.
 */
export class Channel implements Disposable {
  /** Origin; what the gRPC transport calls this. */
  readonly authority: string;
  private readonly options: ChannelOptions;
  private readonly manager: Http2SessionManager;
  private readonly proxy: URL | undefined;
  private tunnelled: Duplex | undefined;
  private opening: Promise<void> | undefined;

  constructor(options: ChannelOptions) {
    const { host, network, pingMs = 30_000, idleMs = 15 * 60_000 } = options;
    const url = new URL(`https://${host}`);
    this.options = options;
    this.authority = url.origin;
    this.proxy = proxyFor(url, network.proxy);
    const { ca = [] } = network;
    const secure = { ...TLS, ...(ca.length === 0 ? {} : { secureContext: trusting(ca) }) };
    this.manager = new Http2SessionManager(
      url.origin,
      { pingIntervalMs: pingMs, pingTimeoutMs: pingMs / 2, idleConnectionTimeoutMs: idleMs },
      this.proxy === undefined
        ? secure
        : {
            ...secure,
            createConnection: () => {
              const socket = this.tunnelled;
              this.tunnelled = undefined;
              if (socket === undefined) throw new ConnectError('the connection is gone', Code.Unavailable);
              const name = url.hostname.replace(/^\[|\]$/g, '');
              return connectTls({ ...secure, socket, servername: name, ALPNProtocols: ['h2'] });
            },
          },
    );
  }

  /** For the gRPC transport, and for the token endpoint. */
  async request(method: string, path: string, headers: OutgoingHttpHeaders): Promise<ClientHttp2Stream> {
    const state = this.manager.state();
    if (state === 'closed' || state === 'error' || state === 'connecting') {
      // However many calls wait for it, it is one connection with one limit.
      this.opening ??= this.open().finally(() => (this.opening = undefined));
      await this.opening;
    }
    const stream = await this.manager.request(method, path, headers, {});
    hearSession(stream);
    return stream;
  }

  notifyResponseByteRead(stream: ClientHttp2Stream): void {
    this.manager.notifyResponseByteRead(stream);
  }

  /**
   * Gives up the connection, and all calls on it fail; the next call makes a new one. For an answer that was not read to
   * its end: what of it is still on its way would keep the answers of others from arriving.
   */
  renew(): void {
    this.manager.abort(new ConnectError('the connection is given up', Code.Unavailable));
  }

  /** Breaks off the connection and all calls on it. */
  [Symbol.dispose](): void {
    this.manager.abort(new ConnectError('the service ends', Code.Canceled));
    this.tunnelled?.destroy();
  }

  private async open(): Promise<void> {
    const over = new AbortController();
    const limit = this.options.clock.sleep(CONNECT_MS, over.signal).then(() => {
      const late = new ConnectError(`no connection within ${CONNECT_MS / 1000} seconds`, Code.DeadlineExceeded);
      this.manager.abort(late);
      throw late;
    });
    // Told to those who wait for the race.
    limit.catch(() => {});
    try {
      await Promise.race([this.connect(), limit]);
    } finally {
      over.abort();
    }
  }

  private async connect(): Promise<void> {
    if (this.proxy !== undefined) {
      const { hostname, port } = new URL(this.authority);
      this.tunnelled = await tunnel(this.proxy, `${hostname}:${port || '443'}`, CONNECT_MS);
    }
    if ((await this.manager.connect()) === 'error') throw this.manager.error();
  }
}
