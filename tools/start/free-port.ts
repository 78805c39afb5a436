import { createServer } from 'node:net';

/**
 * Starts something on the first free port from `first` on. Between the look and the start another program may take
 * the port; then the next one is tried.
 */
export async function onFreePort<T>(first: number, start: (port: number) => Promise<T>): Promise<T> {
  for (let port = await freePort(first, first); ; port = await freePort(port + 1, first)) {
    try {
      return await start(port);
    } catch (error) {
      if (await isFree(port)) throw error;
    }
  }
}

async function freePort(from: number, first: number): Promise<number> {
  for (let port = from; port < first + 100; port += 1) if (await isFree(port)) return port;
  throw new Error(`No port from ${first} to ${first + 99} is free.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const probe = createServer();
    probe.once('error', () => settle(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => settle(true)));
  });
}
