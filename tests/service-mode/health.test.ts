import { expect, test } from 'vitest';
import { answers } from './answers.ts';
import { freePort } from './free-port.ts';
import { withService } from './with-service.ts';

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
