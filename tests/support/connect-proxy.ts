import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';

/** An HTTP proxy for tunnels, which all lead to one port of this machine. */
export interface ConnectProxy extends AsyncDisposable {
  /** For `HTTPS_PROXY`, with the login that it wants. */
  url: string;
  /** Tunnels that were asked for, by where they should lead. */
  asked: string[];
  /** How it answers; 200 opens the tunnel. */
  status: 200 | 403 | 502;
  /** Resets all connections to it, as when it is started anew. */
  reset(): void;
}

export async function startConnectProxy(to: number, login: string): Promise<ConnectProxy> {
  const server = createServer();
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.on('connect', ({ url = '', headers }, client: Socket) => {
    proxy.asked.push(url);
    client.on('error', () => {});
    const status = headers['proxy-authorization'] === `Basic ${btoa(login)}` ? proxy.status : 407;
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} Refused\r\n\r\n`);
      return;
    }
    const through = connect(to, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    through.on('error', () => {});
    through.on('close', () => client.destroy());
    client.on('close', () => through.destroy());
    through.pipe(client).pipe(through);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: ConnectProxy = {
    url: `http://${login}@127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    status: 200,
    reset: () => {
      for (const socket of open) socket.resetAndDestroy();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
