import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';

import { adminPrefix, answerAdmin } from './admin.ts';
import type { Lines } from './admin-gets.ts';
import { detail, json, type Answer } from './answer.ts';
import { answerApi } from './api.ts';
import { changeAnswer, finishAnswer, waitFor } from './behaviours/apply.ts';
import { templateOf, type Exchange } from './exchange.ts';
import { present } from './form/present.ts';
import { send } from './send.ts';
import type { Simulation, Striking } from './simulation.ts';

export interface Running {
  readonly origin: string;
  readonly port: number;
  /** Ends at once: requests under way are cut off. Calling it again does nothing. */
  close(): Promise<void>;
}

/**
 * Serves a simulation on the loopback address. Port 0 takes a free one.
 * @throws the error of listen, EADDRINUSE for a taken port.
 */
export async function serve(
  simulation: Simulation,
  port: number,
  tls?: { readonly cert: string; readonly key: string },
): Promise<Running> {
  const scheme = tls ? 'https' : 'http';
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    handle(simulation, scheme, request, response).catch((error: unknown) => {
      process.stderr.write(`A request failed inside the simulator: ${String(error)}\n`);
      if (response.headersSent) response.destroy();
      else void send(response, json(500, { error: 'The simulator itself failed; see its standard error.' }));
    });
  };
  const server: Server = tls ? createTlsServer(tls, answer) : createServer(answer);
  // An idle client keeps its connection: a reader may think for long between two pages.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const taken = (server.address() as AddressInfo).port;
  let closing: Promise<void> | undefined;
  return {
    origin: `${scheme}://127.0.0.1:${taken}`,
    port: taken,
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closing;
    },
  };
}

async function handle(
  simulation: Simulation,
  scheme: 'http' | 'https',
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const base = 'http://simulator.invalid';
  const target = request.url ?? '/';
  if (!target.startsWith('/') || !URL.canParse(base + target)) {
    return send(response, detail(400, 'Invalid request target'));
  }
  const url = new URL(base + target);
  if (url.pathname === adminPrefix || url.pathname.startsWith(`${adminPrefix}/`)) {
    const body = await readBody(request);
    if (body === undefined) return send(response, json(413, { error: 'The body is larger than 1 MiB.' }));
    const answer = await answerAdmin(simulation, request, url, body, gone.signal);
    if ('lines' in answer) await sendLines(response, answer, gone.signal);
    else await send(response, answer);
    return;
  }
  request.resume();
  await handleTenant(simulation, scheme, request, response, url, gone.signal);
}

async function handleTenant(
  simulation: Simulation,
  scheme: 'http' | 'https',
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  gone: AbortSignal,
): Promise<void> {
  const method = request.method ?? 'GET';
  const header = request.headers['x-runlayer-api-key'];
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const exchange: Exchange = {
    n: simulation.log.arrive(method),
    at: simulation.now(),
    method,
    path: url.pathname,
    search: url.search,
    query: url.searchParams,
    route: simulation.router.routeOf(url.pathname),
    scheme,
    host: request.headers.host ?? '',
    accept: request.headers.accept ?? '',
    key: typeof header === 'string' ? header : bearer,
    keyStyle: typeof header === 'string' ? 'header' : bearer === undefined ? undefined : 'bearer',
  };
  const strikes = simulation.faults.arrive(exchange);
  await simulation.holds.pass(exchange, simulation.now, gone);
  if (simulation.settings.latency > 0) {
    await pause(simulation.settings.latency, undefined, { signal: gone }).catch(() => {});
  }
  await waitFor(simulation, exchange, gone);
  for (const strike of strikes) await strike.before?.(simulation, exchange, gone);
  const answer = gone.aborted ? undefined : answerOf(simulation, exchange, strikes);
  for (const strike of strikes) strike.after?.(simulation);
  // Logged before it is sent: whoever has the answer finds it in the log.
  simulation.log.add({
    n: exchange.n,
    method,
    template: templateOf(exchange),
    search: exchange.search,
    key: exchange.keyKind ?? null,
    status: answer?.status ?? 'gone',
    at: exchange.at.toISOString(),
    answeredAt: simulation.now().toISOString(),
  });
  if (answer) await send(response, answer, gone);
}

/** From the tenant of this very moment; nothing waits in here. */
function answerOf(simulation: Simulation, exchange: Exchange, strikes: readonly Striking[]): Answer {
  let answer = changeAnswer(simulation, exchange, answerApi(simulation, exchange));
  for (const { change } of strikes) answer = change?.(answer, exchange, simulation) ?? answer;
  answer = finishAnswer(simulation, exchange, present(simulation, exchange, answer));
  for (const { finish } of strikes) answer = finish?.(answer, exchange, simulation) ?? answer;
  return answer;
}

async function sendLines(response: ServerResponse, { lines, isArray }: Lines, gone: AbortSignal): Promise<void> {
  response.writeHead(200, { 'content-type': isArray ? 'application/json' : 'application/x-ndjson' });
  let chunk = isArray ? '[' : '';
  let isFirst = true;
  for (const line of lines) {
    chunk += isArray ? (isFirst ? '' : ',\n') + JSON.stringify(line) : `${JSON.stringify(line)}\n`;
    isFirst = false;
    if (chunk.length < 64 * 1024) continue;
    const isTaken = response.write(chunk);
    chunk = '';
    // Others are answered meanwhile, and a slow reader is waited for.
    await (isTaken ? turn() : once(response, 'drain', { signal: gone }).catch(() => {}));
    if (response.destroyed) return;
  }
  response.end(isArray ? `${chunk}]` : chunk);
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > 1024 * 1024) return undefined;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}
