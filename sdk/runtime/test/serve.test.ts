import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import * as http2 from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { call, NODE_COMPILE_CACHE, program, settings } from './child-by-hand.ts';
import { credentialsOf, newAuthority, newFolder } from './served.ts';

async function refusal(cwd: string, env: Record<string, string>, args: string[]): Promise<string> {
  const given = { NODE_COMPILE_CACHE, ...settings, ...env };
  const served = spawn(process.execPath, [program, 'serve', ...args], { cwd, env: given, stdio: 'pipe' });
  const closed = once(served, 'close');
  const said = await text(served.stderr);
  expect(await closed).toEqual([2, null]);
  return said;
}

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

  it('works in the directory for temporary files, and says which one it cannot use', async () => {
    using folder = newFolder();
    const credentials = credentialsOf(newAuthority());
    for (const [name, pem] of Object.entries(credentials)) writeFileSync(join(folder.path, name), pem);
    const flags = ['--listen', '127.0.0.1:0', '--tls-cert', 'cert', '--tls-key', 'key', '--tls-client-ca', 'ca'];
    const none = join(folder.path, 'none');
    const said = await refusal(folder.path, { TMPDIR: none }, flags);
    expect(said).toContain(`The directory for temporary files, ${none}, is no directory.`);
    const served = spawn(process.execPath, [program, 'serve', ...flags, '--c1z-temp-dir', folder.path], {
      env: { NODE_COMPILE_CACHE, ...settings, TMPDIR: none, BATON_TMPDIR: tmpdir() },
      cwd: folder.path,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(served, 'close');
    await once(served.stdout, 'data');
    expect(readdirSync(folder.path).filter((name) => name.startsWith('batonkit-server-'))).toHaveLength(1);
    served.kill('SIGTERM');
    expect(await closed).toEqual([0, null]);
  });

  it.each([
    ['tls-cert', '--tls-cert holds no certificate'],
    ['tls-key', '--tls-key holds no private key'],
    ['tls-client-ca', '--tls-client-ca holds no certificate'],
    ['other', 'the key of --tls-key is not that of --tls-cert'],
  ])('says what is wrong with what it was given: %s', async (wrong, said) => {
    using folder = newFolder();
    const [{ ca, cert, key }, other] = [credentialsOf(newAuthority()), credentialsOf(newAuthority())];
    const given = { 'tls-cert': cert, 'tls-key': wrong === 'other' ? other.key : key, 'tls-client-ca': ca };
    const flags = Object.entries(given).flatMap(([name, pem]) => {
      writeFileSync(join(folder.path, name), name === wrong ? 'root:x:0:0' : pem);
      return [`--${name}`, name];
    });
    const env = { BATON_TMPDIR: folder.path };
    expect(await refusal(folder.path, env, ['--listen', '127.0.0.1:0', ...flags])).toContain(said);
  });
});
