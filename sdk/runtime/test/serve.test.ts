import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import * as http2 from 'node:http2';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { call, NODE_COMPILE_CACHE, program, settings } from './child-by-hand.ts';
import { credentialsOf, newAuthority, newFolder } from './served.ts';

// What it serves is tested in connector-server.test.ts; here that it is a command.
describe('serve', () => {
  it('serves until a signal comes', async () => {
    using folder = newFolder();
    const authority = newAuthority();
    const { ca, cert, key } = credentialsOf(authority);
    for (const [name, text] of Object.entries({ ca, cert, key })) writeFileSync(join(folder.path, name), text);
    const flags = ['--listen', '127.0.0.1:0', '--tls-cert', 'cert', '--tls-key', 'key', '--tls-client-ca', 'ca'];
    const served = spawn(process.execPath, [program, 'serve', ...flags], {
      cwd: folder.path,
      env: { NODE_COMPILE_CACHE, BATON_TMPDIR: folder.path, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(served, 'close');
    const [said] = (await once(served.stdout, 'data')) as [Buffer];
    const port = /serves on 127\.0\.0\.1:(\d+)/.exec(String(said))?.[1];
    const session = http2.connect(`https://127.0.0.1:${port}`, credentialsOf(authority));
    expect(await call(session, '/grpc.health.v1.Health/Check', '')).toEqual({ code: 0, hex: '0801' });
    session.destroy();
    served.kill('SIGTERM');
    expect(await closed).toEqual([0, null]);
  });
});
