import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom, VirtualClock } from '@batonkit/kernel';
import {
  createHttpClient,
  type HttpAnswer,
  type HttpClient,
  type HttpClientOptions,
  type HttpFailure,
  type RequestEvent,
} from '../src/index.ts';

export const secret = 'rl_secret-of-a-test';

export type Handler = (request: IncomingMessage, response: ServerResponse, n: number) => void;

/** A server on this machine, a client for it on a clock that does not wait, and what both saw. */
export async function served(handler: Handler, options: Partial<HttpClientOptions> = {}) {
  const seen: {
    url: string | undefined;
    method: string | undefined;
    key: string | string[] | undefined;
    accept: string | undefined;
  }[] = [];
  const server = createServer((request, response) => {
    const { url, method, headers } = request;
    seen.push({ url, method, key: headers['x-key'], accept: headers.accept });
    handler(request, response, seen.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clock = new VirtualClock();
  const events: RequestEvent[] = [];
  const client = createHttpClient({
    baseUrl: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`),
    headers: { 'x-key': secret },
    userAgent: 'test',
    clock,
    random: seededRandom(1),
    observe: (event) => void (event.type === 'request' && events.push(event)),
    ...options,
  });
  return {
    seen,
    clock,
    events,
    client,
    get: (path = '/things', request: Partial<Parameters<HttpClient['get']>[0]> = {}): Promise<HttpAnswer> =>
      client.get({ path, signal: new AbortController().signal, ...request }),
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const json = (response: ServerResponse, value: unknown, status = 200, headers = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
};
export const failureOf = (answer: HttpAnswer): HttpFailure | undefined => (answer.ok ? undefined : answer.failure);
