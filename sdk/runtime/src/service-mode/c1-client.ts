import { gunzipSync } from 'node:zlib';
import type { NetworkSettings } from '@batonkit/connector';
import { SDK_VERSION } from '@batonkit/connector';
import type { Clock, Random } from '@batonkit/kernel';
import { BatonError, linkAbort } from '@batonkit/kernel';
import { BatonService } from '@batonkit/protocol/connectorapi';
import type { Client, Interceptor } from '@connectrpc/connect';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { compressionGzip, createGrpcTransport } from '@connectrpc/connect-node';
import type { ChannelOptions } from './channel.ts';
import { Channel } from './channel.ts';
import type { Credential } from './credential.ts';
import type { Logger } from '../logger.ts';
import { logGrpcCalls } from '../logging/log-grpc-calls.ts';
import { failC1 } from './errors.ts';
import type { Token, TokenAnswer } from './token-source.ts';
import { TOKEN_PATH, TokenSource } from './token-source.ts';

export interface C1ClientOptions {
  credential: Credential;
  /** Replaces the host of the client id, for token and calls alike; `BATON_C1_API_HOST`. */
  host: string | undefined;
  network: Pick<NetworkSettings, 'ca' | 'proxy'>;
  /** Of the connector, for the user agent. */
  version: string;
  clock: Clock;
  random: Random;
  /** Ends with the service. */
  signal: AbortSignal;
  onSkew: (sentence: string) => void;
  /** Gets a line for each call, without any part of its messages. */
  logger: Logger;
  pingMs?: number;
}

export type C1Calls = Client<typeof BatonService>;

/** As grpc-go has it by default (protocol: runtime 3.3). */
const MOST_BYTES = 4 * 1024 * 1024;
const TOKEN_MS = 30_000;
/** The session manager begins to wait for idleness even after the end of a connection, and holds its buffers meanwhile. */
const IDLE_UPLOAD_MS = 1000;
const MOST_TOKEN_BYTES = 65_536;

/** C1 as this program sees it: calls with a token on one long-lived connection, and connections of their own for uploads. */
export class C1Client implements Disposable {
  readonly calls: C1Calls;
  private readonly options: C1ClientOptions;
  private readonly channel: Channel;
  private readonly tokens: TokenSource;

  constructor(options: C1ClientOptions) {
    this.options = options;
    const { credential, clock, random, signal, onSkew } = options;
    this.channel = this.open();
    const post = (form: string, signal: AbortSignal): Promise<TokenAnswer> => this.postToken(form, signal);
    this.tokens = new TokenSource({ credential, post, clock, random, signal, onSkew });
    this.calls = this.over(this.channel);
  }

  /** Calls on a new connection, as an upload may fill up the one that heartbeats need. */
  connectAnew(): { calls: C1Calls } & Disposable {
    const channel = this.open({ idleMs: IDLE_UPLOAD_MS });
    return { calls: this.over(channel), [Symbol.dispose]: () => channel[Symbol.dispose]() };
  }

  /** For those who take secrets out of texts. */
  get token(): string | undefined {
    return this.tokens.secret;
  }

  [Symbol.dispose](): void {
    this.channel[Symbol.dispose]();
  }

  private open(more: Pick<ChannelOptions, 'idleMs'> = {}): Channel {
    const { credential, host, network, clock, pingMs } = this.options;
    const options = { host: host ?? credential.host, network, clock, ...more };
    return new Channel({ ...options, ...(pingMs === undefined ? {} : { pingMs }) });
  }

  private over(channel: Channel): C1Calls {
    const { logger, clock } = this.options;
    const transport = createGrpcTransport({
      baseUrl: channel.authority,
      sessionManager: channel,
      interceptors: [logGrpcCalls(logger, clock), this.authorize(), renewing(channel)],
      acceptCompression: [compressionGzip],
      readMaxBytes: MOST_BYTES,
    });
    return createClient(BatonService, transport);
  }

  /** Headers of every call (protocol: runtime 3.3), and one more try when a token that was good is refused. */
  private authorize(): Interceptor {
    const { credential, version } = this.options;
    const agent = `${credential.name} baton-sdk/${SDK_VERSION} batonkit/${version}`;
    return (next) => async (request) => {
      request.header.set('content-type', 'application/grpc');
      request.header.set('user-agent', agent);
      const send = async (token: Token) => {
        request.header.set('authorization', token.authorization);
        return await next(request);
      };
      const token = await this.take(request.signal);
      try {
        return await send(token);
      } catch (error) {
        const isRefused = error instanceof ConnectError && error.code === Code.Unauthenticated;
        // What was streamed cannot be streamed again from here; the next attempt has the new token.
        if (!isRefused || !this.tokens.refused(token) || request.stream) throw error;
        return await send(await this.take(request.signal));
      }
    };
  }

  private async take(signal: AbortSignal): Promise<Token> {
    try {
      return await this.tokens.take(signal);
    } catch (error) {
      if (!(error instanceof BatonError)) throw error;
      throw new ConnectError(error.report.title, error.status as number as Code, undefined, undefined, error);
    }
  }

  private async postToken(form: string, signal: AbortSignal): Promise<TokenAnswer> {
    const { clock, version } = this.options;
    using limit = linkAbort(signal);
    void clock.sleep(TOKEN_MS, limit.signal).then(
      () => limit.abort(failC1('BK-C1-SILENT', { call: 'the token request', seconds: TOKEN_MS / 1000 })),
      () => {},
    );
    try {
      const stream = await this.channel.request('POST', TOKEN_PATH, {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(Buffer.byteLength(form)),
        'user-agent': `baton-c1-credential-provider baton-sdk/${SDK_VERSION} batonkit/${version}`,
        'accept-encoding': 'gzip',
      });
      return await answerOf(stream, form, limit.signal);
    } finally {
      // Its timer ends with it.
      limit.abort();
    }
  }
}

/** An answer that is larger than what is taken stays unread. */
function renewing(channel: Channel): Interceptor {
  return (next) => async (request) => {
    try {
      return await next(request);
    } catch (error) {
      const isUnread = error instanceof ConnectError && error.code === Code.ResourceExhausted;
      if (isUnread && error.rawMessage.includes('readMaxBytes')) channel.renew();
      throw error;
    }
  };
}

async function answerOf(
  stream: Awaited<ReturnType<Channel['request']>>,
  form: string,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<TokenAnswer>();
  const stop = (): void => {
    stream.close();
    reject(signal.reason as Error);
  };
  signal.addEventListener('abort', stop, { once: true });
  let status = 0;
  let date: string | undefined;
  let isPacked = false;
  const parts: Buffer[] = [];
  let size = 0;
  stream.on('response', (headers) => {
    status = headers[':status'] ?? 0;
    date = headers.date;
    isPacked = headers['content-encoding'] === 'gzip';
  });
  stream.on('data', (part: Buffer) => {
    size += part.length;
    if (size <= MOST_TOKEN_BYTES) parts.push(part);
    else {
      stream.close();
      reject(failC1('BK-C1-TOKEN-FORM', {}));
    }
  });
  stream.on('error', (error) => reject(new ConnectError('broken off', Code.Unavailable, undefined, undefined, error)));
  stream.on('close', () => reject(new ConnectError('broken off before its end', Code.Unavailable)));
  stream.on('end', () => {
    if (status === 0) return;
    try {
      const bytes = Buffer.concat(parts);
      const body = isPacked ? gunzipSync(bytes, { maxOutputLength: MOST_TOKEN_BYTES }) : bytes;
      resolve({ status, date, body: body.toString('utf8') });
    } catch (error) {
      reject(failC1('BK-C1-TOKEN-FORM', {}, { cause: error }));
    }
  });
  stream.end(form);
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
