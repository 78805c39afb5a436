import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';
import { checkToken } from './check-token.ts';
import type { Exchange } from './exchange.ts';
import type { Fault, FaultRule } from './fault.ts';
import type { Connection } from './front-door.ts';
import type { World } from './world.ts';

export const TOKEN_PATH = '/auth/v1/token';

export type TokenVisit =
  | { request: IncomingMessage; response: ServerResponse }
  | { stream: ServerHttp2Stream; headers: IncomingHttpHeaders };

/** Answers a token request, over HTTP/2 or HTTP/1.1. */
export async function serveToken(world: World, visit: TokenVisit, connection: Connection): Promise<void> {
  const http2 = 'stream' in visit;
  const headers = http2 ? visit.headers : visit.request.headers;
  const [method, path] = http2 ? [headers[':method'], headers[':path']] : [visit.request.method, visit.request.url];
  const exchange: Exchange = {
    call: 'token',
    began: world.now(),
    connection: connection.number,
    httpVersion: http2 ? '2' : '1.1',
    metadata: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    messages: [],
  };
  const send = (status: number, text: string, type = 'application/json'): void => {
    const fields: OutgoingHttpHeaders = { 'content-type': type };
    if (http2) {
      if (visit.stream.destroyed || visit.stream.closed) return;
      visit.stream.respond({ ':status': status, ...fields });
      visit.stream.end(text);
    } else visit.response.writeHead(status, fields).end(text);
  };
  if (method !== 'POST' || path !== TOKEN_PATH) {
    send(404, '{}');
    return;
  }
  world.exchanges.push(exchange);
  const end = (outcome: Exchange['outcome']): void => {
    Object.assign(exchange, { ended: world.now(), outcome });
    world.changed();
  };
  const rule = world.switches.take('token');
  if (rule !== undefined) exchange.fault = rule.fault.kind;
  try {
    const body = await textOf(http2 ? visit.stream : visit.request);
    const { request, credential } = checkToken(body, world.credentials, world.clock, world.nonces);
    exchange.token = request;
    if (rule !== undefined && (await misbehave(rule, world, connection, send))) {
      if (rule.fault.kind === 'http') exchange.http = { status: rule.fault.status };
      if (rule.fault.kind !== 'hang') end('faulted');
      return;
    }
    const refused = credential === undefined;
    const json = refused
      ? { error: 'invalid_client', error_description: request.refused }
      : { ...grant(world, credential.clientId), ...replaced(rule?.fault) };
    exchange.http = { status: refused ? 401 : 200, json };
    send(refused ? 401 : 200, JSON.stringify(json));
    end(refused ? 'refused' : 'answered');
  } catch {
    end('client left');
  }
}

/** Whether the fault took the answer's place. */
async function misbehave(
  { fault }: FaultRule,
  world: World,
  connection: Connection,
  send: (status: number, text: string, type?: string) => void,
): Promise<boolean> {
  switch (fault.kind) {
    case 'http':
      send(fault.status, fault.body ?? '', fault.contentType ?? 'text/plain');
      return true;
    case 'cut':
    case 'reset':
      connection.socket.destroy();
      return true;
    case 'hang':
      return true;
    case 'late':
      await world.clock.sleep(fault.milliseconds);
      return false;
    case 'garbage':
    case 'short':
    case 'no status':
      send(200, '{"access_token":', 'application/json');
      return true;
    case 'oversized':
      send(200, JSON.stringify({ access_token: 'x'.repeat(fault.bytes) }));
      return true;
    case 'goaway':
      connection.session?.goaway();
      return false;
    default:
      return false;
  }
}

function grant(world: World, clientId: string) {
  const { tokenSeconds, counters, tokens } = world;
  const access = `test-access-token-${counters.tokens}`;
  counters.tokens += 1;
  // A little longer than it says: a call may be on its way when the time is over.
  tokens.set(access, { until: world.now() + tokenSeconds * 1000 + 5000, clientId });
  return { access_token: access, expires_in: tokenSeconds, token_type: 'Bearer' };
}

const replaced = (fault: Fault | undefined): Record<string, unknown> => (fault?.kind === 'token' ? fault.json : {});

async function textOf(stream: Readable): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
