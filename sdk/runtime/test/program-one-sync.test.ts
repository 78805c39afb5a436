import { createHash, generateKeyPairSync } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openC1z } from '@batonkit/c1z';
import { checkSignature, parseCertificate, readVerifyingKey, verifyCertificate } from '@batonkit/certificate';
import { describe, expect, test } from 'vitest';
import { Child, run } from './child.ts';
import { runHere } from './run-here.ts';
import { ProgramFolder, env, key, lines, url } from './program-folder.ts';

const folder = new ProgramFolder();

describe('one sync', () => {
  test('writes file and certificate and nothing else; standard output stays clean', async () => {
    const ended = await folder.sync();
    expect(ended).toMatchObject({ code: 0, stdout: '' });
    expect(readdirSync(folder.path).toSorted()).toEqual(['sync.c1z', 'sync.c1z.cert.json']);
    const path = join(folder.path, 'sync.c1z');
    await using reader = await openC1z(path);
    const certificate = parseCertificate(readFileSync(`${path}.cert.json`, 'utf8'));
    const facts = { sha256: reader.sha256, contentDigest: await reader.contentDigest(), syncId: reader.sync?.id ?? '' };
    expect(verifyCertificate(certificate, facts)).toEqual({ ok: true });
    expect(facts.sha256).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'));
    expect(
      [...reader.grants({ entitlement: 'role:admin:assigned' })].map((grant) => grant.principal?.id?.resource),
    ).toEqual(['user-0', 'user-10', 'user-20']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    for (const line of lines(ended.stderr))
      expect(Object.keys(line).slice(0, 4)).toEqual(['level', 'ts', 'caller', 'msg']);
    folder.expectNoKey(ended);
  });

  test('the key from a file', async () => {
    writeFileSync(join(folder.path, 'key'), `${key}\n`);
    const ended = await run([], {
      cwd: folder.path,
      env: { BATON_BASE_URL: url, BATON_API_KEY_FILE: 'key', BATON_FILE: 'out.c1z' },
    });
    expect(ended.code).toBe(0);
    expect(readdirSync(folder.path).toSorted()).toEqual(['key', 'out.c1z', 'out.c1z.cert.json']);
    rmSync(join(folder.path, 'key'));
    folder.expectNoKey(ended);
  });

  test('settings of a file that lies there, and of one that is named', async () => {
    writeFileSync(join(folder.path, '.baton.yaml'), `base-url: ${url}\napi-key: ${key}\nfile: found.c1z\n`);
    const found = await run([], { cwd: folder.path });
    expect(found.code).toBe(0);
    writeFileSync(join(folder.path, 'named.yml'), `base-url: ${url}\napi-key: ${key}\nfile: named.c1z\n`);
    const named = await run([], { cwd: folder.path, env: { BATON_CONFIG_PATH: 'named.yml' } });
    expect(named.code).toBe(0);
    for (const name of ['.baton.yaml', 'named.yml']) rmSync(join(folder.path, name));
    expect(
      readdirSync(folder.path)
        .filter((name) => name.endsWith('.c1z'))
        .toSorted(),
    ).toEqual(['found.c1z', 'named.c1z']);
    folder.expectNoKey(found);
    folder.expectNoKey(named);
  });

  test('a file that lies there leads no key elsewhere, and one that all may write is not read', async () => {
    writeFileSync(join(folder.path, '.baton.yaml'), 'base-url: https://evil.example\n');
    const led = await run([], { cwd: folder.path, env: { BATON_API_KEY: key } });
    expect(led.code).toBe(2);
    expect(led.stderr).toContain('BK-CONFIG-YAML-ADDRESS');
    chmodSync(join(folder.path, '.baton.yaml'), 0o666);
    const open = await folder.sync();
    expect(open.code).toBe(2);
    expect(open.stderr).toContain('may be written by everyone');
    expect(readdirSync(folder.path)).toEqual(['.baton.yaml']);
  });

  test('the key from standard input', async () => {
    const child = new Child([], {
      cwd: folder.path,
      env: { BATON_BASE_URL: url, BATON_API_KEY_FILE: '/dev/stdin' },
      noStdin: false,
    });
    child.process.stdin?.end(`${key}\n`);
    const ended = await child.end();
    expect(ended.code).toBe(0);
    folder.expectNoKey(ended);
  });

  test('--api-key works and warns once', async () => {
    const ended = await run(['--base-url', url, '--api-key', key], { cwd: folder.path });
    expect(ended.code).toBe(0);
    expect(ended.stderr.match(/BATON_API_KEY_FILE/g)).toHaveLength(1);
    folder.expectNoKey(ended);
  });

  test('--progress plain tells a person, without colour codes', async () => {
    const { code, stdout, stderr } = await folder.sync(['--progress', 'plain']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    for (const part of [
      'baton-fixture 1.2.3',
      '✓ users',
      'Complete',
      'sync.c1z.cert.json (unsigned)',
      '2 roles, 25 users',
      'c1z admins -f sync.c1z',
    ]) {
      expect(stderr).toContain(part);
    }
    expect(stderr).not.toContain('\u001B');
  });

  test('--progress jsonl: start, phases in order, lists, one result, last', async () => {
    const { stdout } = await folder.here(['--progress', 'jsonl']);
    const events = lines(stdout);
    expect(events.every(({ v, at }) => v === 1 && typeof at === 'string')).toBe(true);
    expect(events[0]).toMatchObject({ type: 'start', connector: 'baton-fixture', version: '1.2.3' });
    expect(events.filter(({ type }) => type === 'phase').map(({ phase }) => phase)).toEqual([
      'validate',
      'read',
      'prove',
      'store',
      'save',
    ]);
    const done = events.filter((event) => event['type'] === 'list' && event['done'] === true);
    expect(done.map(({ list, pass, received }) => `${String(list)} ${String(pass)} ${String(received)}`)).toEqual([
      'roles 1 2',
      'users 1 25',
      'roles 2 2',
      'users 2 25',
    ]);
    expect(events.filter(({ type }) => type === 'result')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({
      type: 'result',
      ok: true,
      file: join(folder.path, 'sync.c1z'),
      certificate: join(folder.path, 'sync.c1z.cert.json'),
      counts: { resources: 27, grants: 25 },
    });
    expect(events.at(-1)?.['syncId']).toBe(events[0]?.['syncId']);
  });

  test('the plan is told before the first page', async () => {
    const { stdout } = await folder.here(['--progress', 'jsonl']);
    const types = lines(stdout).map(({ type }) => type);
    expect(types.filter((type) => type === 'plan')).toHaveLength(1);
    expect(types.indexOf('plan')).toBeLessThan(types.indexOf('list'));
    expect((await folder.here(['--progress', 'plain', '-f', join(folder.path, 'two.c1z')])).stderr).toContain(
      'embedded, 8 requests or more',
    );
  });

  test('--certificate-key signs, --file-mode opens file and certificate to others', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    writeFileSync(join(folder.path, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { code, stderr } = await folder.here([
      '--certificate-key',
      join(folder.path, 'key.pem'),
      '--file-mode',
      '0640',
      '--progress',
      'plain',
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/sync\.c1z\.cert\.json \(signed, key [0-9a-f]{16}\)/);
    const path = join(folder.path, 'sync.c1z');
    const certificate = parseCertificate(readFileSync(`${path}.cert.json`, 'utf8'));
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    expect(checkSignature(certificate, [readVerifyingKey(pem)])).toBe('valid');
    for (const file of [path, `${path}.cert.json`]) expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  test.each<[Record<string, string>, number]>([
    [{}, 2],
    [{ BATON_KEEP_SYNC_COUNT: '3' }, 3],
    [{ BATON_KEEP_SYNC_COUNT: '0' }, 2],
    [{ BATON_KEEP_SYNC_COUNT: '1', BATON_SKIP_CLEANUP: 'true' }, 4],
  ])('of four syncs into one file, %j keeps %i', async (more, kept) => {
    for (let n = 0; n < 4; n++) expect((await folder.here([], more)).code).toBe(0);
    await using file = await openC1z(join(folder.path, 'sync.c1z'));
    expect(file.syncs()).toHaveLength(kept);
  });

  test('the connector gets the network of its program', async () => {
    const given = async (args: string[]): Promise<string> => {
      const more = { BATON_BEHAVIOUR: 'settings', NO_PROXY: 'a', BATON_FILE: join(folder.path, 'sync.c1z') };
      const { stderr } = await runHere(args, { ...env, ...more });
      return /^✗ (\{.*\})$/m.exec(stderr)?.[1] ?? '';
    };
    expect(JSON.parse(await given(['--max-in-flight', '9']))).toEqual({
      network: { maxInFlight: 9 },
      isKnownConfiguration: false,
    });
  });

  test.each<[string[], Record<string, number>, number, unknown]>([
    [['--sync-resource-types', 'user'], { user: 25 }, 0, { types: ['user'], skip: [] }],
    [
      ['--skip-entitlements-and-grants'],
      { role: 2, user: 25 },
      0,
      { types: ['role', 'user'], skip: ['entitlements', 'grants'] },
    ],
    [['--sync-resource-types', 'user,role'], { role: 2, user: 25 }, 25, 'full'],
  ])('%j: what is asked for, and the certificate says so', async (args, resourcesByType, grants, scope) => {
    const { code, stdout } = await folder.here([...args, '--progress', 'jsonl']);
    expect(code).toBe(0);
    expect(lines(stdout).at(-1)).toMatchObject({ ok: true, counts: { resourcesByType, grants } });
    const certificate = parseCertificate(readFileSync(join(folder.path, 'sync.c1z.cert.json'), 'utf8'));
    expect(certificate).toMatchObject({ scope, verdict: scope === 'full' ? 'complete' : 'narrowed' });
  });

  test('a resource type that there is not', async () => {
    const { code, stderr } = await folder.here(['--sync-resource-types', 'user,team']);
    expect(code).toBe(2);
    expect(stderr).toContain('BK-CONFIG-TYPE');
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('request lines at debug, in a file when asked', async () => {
    const ended = await folder.here(['--log-level', 'debug', '--log-path', join(folder.path, 'run.log')]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const log = lines(readFileSync(join(folder.path, 'run.log'), 'utf8'));
    expect(log.filter(({ msg }) => msg === 'http request').length).toBeGreaterThan(6);
    expect(JSON.stringify(log)).not.toContain('user-1');
  });
});
