import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  /** Bytes of the request's body. */
  body: number;
}

/** Stands before a tenant: writes down what arrives, and hands it on with another key. */
export interface Relay extends AsyncDisposable {
  baseUrl: string;
  host: string;
  seen: Seen[];
  /** Answers in the tenant's place when it says `true`. */
  answer: ((seen: Seen, response: ServerResponse) => boolean) | undefined;
}

/** @param keys what the program has for a key, and what the tenant knows */
export async function startRelay(tenant: string, keys: { given: string; known: string }): Promise<Relay> {
  const server = createServer((request, response) => {
    let body = 0;
    request.on('data', (chunk: Buffer) => (body += chunk.length));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, url, headers, body };
      relay.seen.push(seen);
      if (relay.answer?.(seen, response) === true) return;
      const handed = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value === keys.given ? keys.known : value]),
      );
      const onwards = ask(new URL(url, tenant), { method, headers: handed }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onwards.on('error', () => response.destroy());
      onwards.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const relay: Relay = {
    baseUrl: `http://${host}${new URL(tenant).pathname}`,
    host,
    seen: [],
    answer: undefined,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return relay;
}
