import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import * as http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { byHand, call, lineFor } from './child-by-hand.ts';
import { Here, runHere } from './run-here.ts';
import { credentialsOf, newAuthority, newFolder } from './served.ts';

const { client } = JSON.parse(
  readFileSync(new URL('../../../tests/fixtures/runtime/service.json', import.meta.url), 'utf8'),
) as { client: { client_id: string; client_secret: string } };
const connector = { BATON_BASE_URL: 'https://x.example', BATON_API_KEY: 'hunter2-hunter2' };

/** Whoever talks to C1 would come here. */
const c1 = createServer((socket) => {
  connections += 1;
  socket.destroy();
});
let connections = 0;
let pair: Record<string, string> = {};
beforeAll(async () => {
  c1.listen(0, '127.0.0.1');
  await once(c1, 'listening');
  pair = {
    BATON_CLIENT_ID: client.client_id,
    BATON_CLIENT_SECRET: client.client_secret,
    BATON_C1_API_HOST: `127.0.0.1:${(c1.address() as AddressInfo).port}`,
    BATON_HEALTH_CHECK: 'true',
  };
});
afterAll(() => c1.close());

/** As a pod's environment may be wrong, and what says so. */
const wrong: [string, Record<string, string>, string][] = [
  ['a secret that is none', { BATON_CLIENT_SECRET: 'nonsense' }, 'BK-C1-SECRET'],
  ['an id that is none', { BATON_CLIENT_ID: 'nonsense' }, 'BK-C1-ID'],
  ['an id without a secret', { BATON_CLIENT_SECRET: '' }, 'client-secret'],
  ['a host that is none', { BATON_C1_API_HOST: 'https://c1.example/' }, 'BK-C1-HOST'],
];

describe('a client id and secret in the environment make a service of the program itself alone', () => {
  test.each(['capabilities', 'config', 'help'])('%s does not look at them', async (command) => {
    const without = await runHere([command]);
    expect(without.code).toBe(0);
    expect(await runHere([command], pair)).toEqual(without);
    for (const [, env] of wrong) expect(await runHere([command], { ...pair, ...env })).toEqual(without);
  });

  test('doctor looks at the target, and asks C1 nothing', async () => {
    const { code, stdout, stderr } = await runHere(['doctor'], { ...connector, ...pair });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Sync with: baton-fixture');
    expect(connections).toBe(0);
  });

  test('serve serves, and asks C1 nothing', async () => {
    using folder = newFolder();
    const authority = newAuthority();
    const flags = Object.entries({ ...credentialsOf(authority) }).flatMap(([name, text]) => {
      const path = join(folder.path, name);
      writeFileSync(path, text);
      return [{ ca: '--tls-client-ca', cert: '--tls-cert', key: '--tls-key' }[name] ?? '', path];
    });
    const served = new Here(['serve', ...flags], { ...connector, ...pair, BATON_TMPDIR: folder.path });
    await served.says('baton-fixture serves on 127.0.0.1:');
    served.signals.emit('SIGTERM');
    expect((await served.end()).code).toBe(0);
    expect(connections).toBe(0);
  });

  test('_connector-service does what its parent says, who has them as well', async () => {
    using folder = newFolder();
    await using child = await byHand(folder.path, pair);
    const authority = newAuthority();
    child.write(`${lineFor(authority, child.port)}\n`);
    const session = http2.connect(`https://127.0.0.1:${child.port}`, credentialsOf(authority));
    expect((await call(session, '/c1.connector.v2.ConnectorService/GetMetadata', '')).code).toBe(0);
    session.destroy();
    expect(connections).toBe(0);
  });

  describe.each(wrong)('%s', (_, env, named) => {
    test.each(['doctor', 'serve'])('%s names it and ends with 2', async (command) => {
      const { code, stdout, stderr } = await runHere([command], { ...connector, ...pair, ...env });
      expect(code).toBe(2);
      expect(stdout + stderr).toContain(named);
      expect(connections).toBe(0);
    });

    test('_connector-service ends with 2 as well', async () => {
      using folder = newFolder();
      await using child = await byHand(folder.path, { ...pair, ...env });
      const { code, stderr } = await child.end();
      expect(code, stderr).toBe(2);
      expect(stderr).toContain(named);
    });
  });
});
