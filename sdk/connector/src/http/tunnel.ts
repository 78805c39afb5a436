import type { Socket } from 'node:net';
import { codeOf, ProxyFailure } from './failure.ts';

/** A connection to `authority` through a proxy. @throws ProxyFailure */
export async function tunnel(proxy: URL, authority: string, timeout: number): Promise<Socket> {
  // Not loaded where there is no proxy.
  const { request } = await (proxy.protocol === 'https:' ? import('node:https') : import('node:http'));
  const { username, password } = proxy;
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const failed = (detail: string, cause?: unknown): void => reject(new ProxyFailure(proxy.host, detail, cause));
  const asking = request({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : Number(proxy.port),
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...(username === '' ? {} : { 'proxy-authorization': `Basic ${login}` }) },
    agent: false,
    timeout,
  });
  asking.on('timeout', () => asking.destroy(Object.assign(new Error('too slow'), { code: 'ETIMEDOUT' })));
  asking.on('error', (error) => failed(codeOf(error), error));
  asking.on('response', (answer) => {
    answer.destroy();
    failed(String(answer.statusCode));
  });
  asking.on('connect', (answer, socket: Socket, head) => {
    if (answer.statusCode === 200) {
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    } else {
      socket.destroy();
      failed(String(answer.statusCode));
    }
  });
  asking.end();
  return await promise;
}
