import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { withService } from './with-service.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Asks until it is answered so; the test's own limit ends it. */
async function answers(url: string, status: number): Promise<void> {
  for (;;) {
    const seen = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (seen === status) return;
    await new Promise(setImmediate);
  }
}

test('/ready follows the link to C1; /live and /health do not', async () => {
  const port = await freePort();
  const at = `http://127.0.0.1:${port}`;
  const argv = ['--health-check', '--health-check-port', String(port)];
  await withService({ argv, nextPollMs: 500 }, [{ on: 'Hello', fault: { kind: 'hang' } }], async ({ c1 }) => {
    await answers(`${at}/ready`, 503);
    await answers(`${at}/ready`, 200);
    await c1.refuse();
    await answers(`${at}/ready`, 503);
    expect((await fetch(`${at}/live`)).status).toBe(200);
    expect((await fetch(`${at}/health`)).status).toBe(200);
    await c1.accept();
    await answers(`${at}/ready`, 200);
  });
});
