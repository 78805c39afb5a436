import { once } from 'node:events';
import { createServer, request as plain, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as secure } from 'node:https';
import type { AddressInfo } from 'node:net';

export type Trouble = 500 | 403 | 404 | 'cut';

export interface Proxy extends AsyncDisposable {
  /** What the program is told instead of the address behind it. */
  url: string;
  requests: number;
  /** At the n-th request (from 1): an error, or something of the suite's; a lasting one stays for that path. */
  at?: { n: number; do: Trouble | (() => void); lasting: boolean };
  /** Requests are counted from 0 again, and nothing goes wrong. */
  reset(): void;
}

/** Stands between a program and what it reads from, and counts. */
export async function startProxy(to: string): Promise<Proxy> {
  const target = new URL(to);
  let broken: string | undefined;
  const server = createServer((asked, answer) => {
    proxy.requests += 1;
    const path = (asked.url ?? '').split('?')[0];
    const { at } = proxy;
    if (at !== undefined && (at.n === proxy.requests || path === broken)) {
      if (at.lasting) broken = path;
      if (typeof at.do === 'function') return at.do();
      if (at.do !== 'cut') {
        answer.writeHead(at.do, { 'content-type': 'application/json' }).end('{"detail":"Put here by a test"}');
        return;
      }
    }
    const isCut = at?.do === 'cut' && (at.n === proxy.requests || path === broken);
    pass(target, asked, answer, isCut);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const proxy: Proxy = {
    url: `http://127.0.0.1:${port}${target.pathname === '/' ? '' : target.pathname}`,
    requests: 0,
    reset: () => {
      proxy.requests = 0;
      broken = undefined;
      delete proxy.at;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

function pass(target: URL, asked: IncomingMessage, answer: ServerResponse, isCut: boolean): void {
  const send = target.protocol === 'https:' ? secure : plain;
  const url = new URL(asked.url ?? '/', target.origin);
  const onward = send(url, { method: asked.method, headers: { ...asked.headers, host: target.host } }, (back) => {
    answer.writeHead(back.statusCode ?? 502, back.headers);
    if (!isCut) {
      back.pipe(answer);
      return;
    }
    back.once('data', (chunk: Buffer) => {
      answer.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), () => answer.destroy());
      back.destroy();
    });
    back.once('end', () => answer.destroy());
  });
  onward.on('error', () => answer.destroy());
  asked.pipe(onward);
}
