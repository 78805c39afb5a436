import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { answerHealth, isEndpoint } from './health-answer.ts';
import { bareHost, hostAndPort } from './host-names.ts';
import type { ServiceState } from './service-state.ts';
import { TargetProbe } from './target-probe.ts';

export interface HealthServerOptions {
  /** Name or number to listen at, `127.0.0.1` by default of its flag. */
  address: string;
  /** 0: any that is free. */
  port: number;
  clock: Clock;
  /** Asks the target once whether it can be used; aborted after 30 seconds. */
  validate: (signal: AbortSignal) => Promise<void>;
  state: () => ServiceState;
  logger: Logger;
  /** Over every answer, as it leaves the process. */
  redact: (text: string) => string;
  /** For a whole request to arrive; 5 seconds. */
  requestMs?: number;
}

export interface HealthServer extends AsyncDisposable {
  readonly port: number;
}

/** Probers are few. The oldest goes when there are more, so that silent ones cannot keep others out. */
const MOST_CONNECTIONS = 64;

/**
 * Serves `/health`, `/ready` and `/live` (protocol: runtime 3.9). Neither method nor query is looked at.
 *
 *     await using health = await startHealthServer({ address: '127.0.0.1', port: 8081, clock, validate, state, logger, redact });
 *
 * @throws BatonError `BK-HEALTH-LISTEN` (exit 2) when the address is taken or not of this machine
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const { port, logger, redact, requestMs = 5000 } = options;
  const host = bareHost(options.address);
  const probe = new TargetProbe({
    clock: options.clock,
    validate: options.validate,
    changed: ({ error }) => {
      if (error === undefined) logger.info('health check: the target can be used');
      else logger.warn('health check: the target cannot be used', { error });
    },
  });
  const sockets = new Set<Socket>();
  const server = createServer(
    {
      headersTimeout: requestMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: requestMs / 2,
      maxHeaderSize: 8192,
      keepAlive: false,
    },
    (request, response) => {
      void answer(options, probe, request, response);
    },
  );
  server.on('connection', (socket) => {
    const [oldest] = sockets;
    if (sockets.size >= MOST_CONNECTIONS) oldest?.destroy();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? 'The system refuses it.';
    throw fail('BK-HEALTH-LISTEN', { address: hostAndPort(host, port), reason }, { cause: error });
  }
  const bound = (server.address() as AddressInfo).port;
  logger.info('health check server starting', { address: redact(hostAndPort(host, bound)) });
  return {
    port: bound,
    [Symbol.asyncDispose]: async () => {
      logger.info('stopping health check server');
      probe[Symbol.dispose]();
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const reasons: Record<string, string> = {
  EADDRINUSE: 'Another program listens there.',
  EADDRNOTAVAIL: 'This machine has no such address.',
  EACCES: 'This user may not listen there.',
  ENOTFOUND: 'There is no such name.',
};

async function answer(
  { clock, state, redact }: HealthServerOptions,
  probe: TargetProbe,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // One answer a connection: what a request may carry besides is not read.
  response.setHeader('Connection', 'close').setHeader('X-Content-Type-Options', 'nosniff');
  const name = /^\/([a-z]+)(?:\?|$)/.exec(request.url ?? '')?.[1] ?? '';
  if (!isEndpoint(name)) {
    const text = 'Not found: /health, /ready, /live\n';
    response
      .writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(text) })
      .end(text);
    return;
  }
  const target = name === 'health' ? await probe.result() : probe.known;
  const { status, body } = answerHealth(name, clock.now(), state(), target);
  const text = redact(body);
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) })
    .end(text);
}
