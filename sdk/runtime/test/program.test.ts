import { createHash, generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openC1z } from '@batonkit/c1z';
import { checkSignature, parseCertificate, readVerifyingKey, verifyCertificate } from '@batonkit/certificate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ended } from './child.ts';
import { Child, run } from './child.ts';
import { runHere } from './run-here.ts';

const key = 'hunter2-hunter2';
const url = 'https://x.example';
const env = { BATON_BASE_URL: url, BATON_API_KEY: key };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'program-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const sync = (args: string[] = [], more: Record<string, string> = {}) =>
  run(args, { cwd: folder, env: { ...env, ...more } });

/** The same in this process, which costs a hundredth. */
const here = (args: string[] = [], more: Record<string, string> = {}) =>
  runHere(args, { ...env, BATON_FILE: join(folder, 'sync.c1z'), ...more });

/** No form of the key is in anything that the program put out or left behind. */
function expectNoKey({ stdout, stderr }: Ended): void {
  const left = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  for (const text of [stdout, stderr, ...left]) {
    for (const form of [key, Buffer.from(key).toString('base64'), encodeURIComponent(key)])
      expect(text).not.toContain(form);
  }
}

describe('without any configuration', () => {
  test('--version', async () => {
    expect(await runHere(['--version'])).toEqual({
      code: 0,
      signal: null,
      stdout: 'baton-fixture version 1.2.3\n',
      stderr: '',
    });
  });

  test('config: the default fields, then the own ones', async () => {
    const { code, stdout, stderr } = await runHere(['config']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const printed = JSON.parse(stdout) as { fields: { name: string }[] };
    expect(printed.fields.map(({ name }) => name).slice(0, 2)).toEqual(['log-level', 'log-level-debug-expires-at']);
    expect(printed.fields.slice(-4)).toEqual([
      {
        name: 'base-url',
        displayName: 'Base URL',
        description: 'Where it is',
        isRequired: true,
        stringField: { rules: { isRequired: true } },
      },
      {
        name: 'api-key',
        displayName: 'API key',
        description: 'The key',
        isRequired: true,
        isSecret: true,
        stringField: { rules: { isRequired: true } },
      },
      {
        name: 'users',
        displayName: 'Users',
        description: 'How many',
        intField: { defaultValue: '25', rules: { gte: '1', lte: '5000' } },
      },
      { name: 'behaviour', displayName: 'Behaviour', description: 'What goes wrong', isOps: true, stringField: {} },
    ]);
    expect(stdout.endsWith('}')).toBe(true);
  });

  test('capabilities: types sorted by id', async () => {
    const { code, stdout } = await runHere(['capabilities']);
    expect(code).toBe(0);
    const type = (id: string, displayName: string, trait: string, annotations?: unknown) => ({
      resourceType: { id, displayName, traits: [trait], ...(annotations === undefined ? {} : { annotations }) },
      capabilities: ['CAPABILITY_SYNC'],
      permissions: {},
    });
    expect(JSON.parse(stdout)).toEqual({
      '@type': 'type.googleapis.com/c1.connector.v2.ConnectorCapabilities',
      resourceTypeCapabilities: [
        type('role', 'Role', 'TRAIT_ROLE'),
        type('user', 'User', 'TRAIT_USER', [
          { '@type': 'type.googleapis.com/c1.connector.v2.SkipEntitlementsAndGrants' },
        ]),
      ],
      connectorCapabilities: ['CAPABILITY_SYNC'],
      credentialDetails: {},
    });
    expect(stdout).toMatch(/^\{\n {2}"@type": /);
    expect(stdout.endsWith('}')).toBe(true);
  });

  test('help goes to standard output, in every way of asking', async () => {
    const [byFlag, byWord, short] = await Promise.all(['--help', 'help', '-h'].map((word) => runHere([word])));
    expect(byFlag).toMatchObject({ code: 0, stderr: '' });
    expect(byWord).toEqual(byFlag);
    expect(short).toEqual(byFlag);
  });

  test('a command of other connectors is refused with a sentence', async () => {
    const { code, stderr } = await runHere(['completion', 'bash']);
    expect(code).toBe(2);
    expect(stderr).toContain('BK-NOT-IN-RELEASE, exit code 2');
  });
});

describe('one sync', () => {
  test('writes file and certificate and nothing else; standard output stays clean', async () => {
    const ended = await sync();
    expect(ended).toMatchObject({ code: 0, stdout: '' });
    expect(readdirSync(folder).toSorted()).toEqual(['sync.c1z', 'sync.c1z.cert.json']);
    const path = join(folder, 'sync.c1z');
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
    expectNoKey(ended);
  });

  test('the key from a file', async () => {
    writeFileSync(join(folder, 'key'), `${key}\n`);
    const ended = await run([], {
      cwd: folder,
      env: { BATON_BASE_URL: url, BATON_API_KEY_FILE: 'key', BATON_FILE: 'out.c1z' },
    });
    expect(ended.code).toBe(0);
    expect(readdirSync(folder).toSorted()).toEqual(['key', 'out.c1z', 'out.c1z.cert.json']);
    rmSync(join(folder, 'key'));
    expectNoKey(ended);
  });

  test('settings of a file that lies there, and of one that is named', async () => {
    writeFileSync(join(folder, '.baton.yaml'), `base-url: ${url}\napi-key: ${key}\nfile: found.c1z\n`);
    const found = await run([], { cwd: folder });
    expect(found.code).toBe(0);
    writeFileSync(join(folder, 'named.yml'), `base-url: ${url}\napi-key: ${key}\nfile: named.c1z\n`);
    const named = await run([], { cwd: folder, env: { BATON_CONFIG_PATH: 'named.yml' } });
    expect(named.code).toBe(0);
    for (const name of ['.baton.yaml', 'named.yml']) rmSync(join(folder, name));
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.c1z'))
        .toSorted(),
    ).toEqual(['found.c1z', 'named.c1z']);
    expectNoKey(found);
    expectNoKey(named);
  });

  test('a file that lies there leads no key elsewhere, and one that all may write is not read', async () => {
    writeFileSync(join(folder, '.baton.yaml'), 'base-url: https://evil.example\n');
    const led = await run([], { cwd: folder, env: { BATON_API_KEY: key } });
    expect(led.code).toBe(2);
    expect(led.stderr).toContain('BK-CONFIG-YAML-ADDRESS');
    chmodSync(join(folder, '.baton.yaml'), 0o666);
    const open = await sync();
    expect(open.code).toBe(2);
    expect(open.stderr).toContain('may be written by everyone');
    expect(readdirSync(folder)).toEqual(['.baton.yaml']);
  });

  test('the key from standard input', async () => {
    const child = new Child([], {
      cwd: folder,
      env: { BATON_BASE_URL: url, BATON_API_KEY_FILE: '/dev/stdin' },
      noStdin: false,
    });
    child.process.stdin?.end(`${key}\n`);
    const ended = await child.end();
    expect(ended.code).toBe(0);
    expectNoKey(ended);
  });

  test('--api-key works and warns once', async () => {
    const ended = await run(['--base-url', url, '--api-key', key], { cwd: folder });
    expect(ended.code).toBe(0);
    expect(ended.stderr.match(/BATON_API_KEY_FILE/g)).toHaveLength(1);
    expectNoKey(ended);
  });

  test('--progress plain tells a person, without colour codes', async () => {
    const { code, stdout, stderr } = await sync(['--progress', 'plain']);
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
    const { stdout } = await here(['--progress', 'jsonl']);
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
      file: join(folder, 'sync.c1z'),
      certificate: join(folder, 'sync.c1z.cert.json'),
      counts: { resources: 27, grants: 25 },
    });
    expect(events.at(-1)?.['syncId']).toBe(events[0]?.['syncId']);
  });

  test('the plan is told before the first page', async () => {
    const { stdout } = await here(['--progress', 'jsonl']);
    const types = lines(stdout).map(({ type }) => type);
    expect(types.filter((type) => type === 'plan')).toHaveLength(1);
    expect(types.indexOf('plan')).toBeLessThan(types.indexOf('list'));
    expect((await here(['--progress', 'plain', '-f', join(folder, 'two.c1z')])).stderr).toContain(
      'embedded, 8 requests or more',
    );
  });

  test('--certificate-key signs, --file-mode opens file and certificate to others', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { code, stderr } = await here([
      '--certificate-key',
      join(folder, 'key.pem'),
      '--file-mode',
      '0640',
      '--progress',
      'plain',
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/sync\.c1z\.cert\.json \(signed, key [0-9a-f]{16}\)/);
    const path = join(folder, 'sync.c1z');
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
    for (let n = 0; n < 4; n++) expect((await here([], more)).code).toBe(0);
    await using file = await openC1z(join(folder, 'sync.c1z'));
    expect(file.syncs()).toHaveLength(kept);
  });

  test('the connector gets the network of its program', async () => {
    const given = async (args: string[]): Promise<string> => {
      const more = { BATON_BEHAVIOUR: 'settings', NO_PROXY: 'a', BATON_FILE: join(folder, 'sync.c1z') };
      const { stderr } = await runHere([...args, '--log-level', 'debug'], { ...env, ...more });
      return /Error: (\{.*?\})\\n/.exec(stderr)?.[1]?.replaceAll('\\"', '"') ?? '';
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
    const { code, stdout } = await here([...args, '--progress', 'jsonl']);
    expect(code).toBe(0);
    expect(lines(stdout).at(-1)).toMatchObject({ ok: true, counts: { resourcesByType, grants } });
    const certificate = parseCertificate(readFileSync(join(folder, 'sync.c1z.cert.json'), 'utf8'));
    expect(certificate).toMatchObject({ scope, verdict: scope === 'full' ? 'complete' : 'narrowed' });
  });

  test('a resource type that there is not', async () => {
    const { code, stderr } = await here(['--sync-resource-types', 'user,team']);
    expect(code).toBe(2);
    expect(stderr).toContain('BK-CONFIG-TYPE');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('request lines at debug, in a file when asked', async () => {
    const ended = await here(['--log-level', 'debug', '--log-path', join(folder, 'run.log')]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const log = lines(readFileSync(join(folder, 'run.log'), 'utf8'));
    expect(log.filter(({ msg }) => msg === 'http request').length).toBeGreaterThan(6);
    expect(JSON.stringify(log)).not.toContain('user-1');
  });
});

describe('what goes wrong', () => {
  const cases: [string, number, string][] = [
    ['refuse', 16, 'FX-AUTH'],
    ['crash', 13, 'BK-INTERNAL'],
    ['full', 8, 'BK-DISK'],
  ];
  test.each(cases)('%s ends with %i and leaves nothing', async (behaviour, status, code) => {
    const ended = await here(['--log-level', 'debug'], { BATON_BEHAVIOUR: behaviour });
    expect(ended.code).toBe(status);
    expect(ended.stderr).toContain(`  ${code}, exit code ${status}\n`);
    expect(readdirSync(folder)).toEqual([]);
    expectNoKey(ended);
    // The last block is for people: no stack, no source file.
    expect(ended.stderr.slice(ended.stderr.lastIndexOf('✗'))).not.toMatch(/\.ts|\n +at /);
  });

  test('everything that is missing is named at once, before any file is made', async () => {
    const { code, stderr } = await runHere([]);
    expect(code).toBe(2);
    for (const field of ['--base-url', '--api-key']) expect(stderr.slice(stderr.lastIndexOf('✗'))).toContain(field);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a file that exists is not touched', async () => {
    writeFileSync(join(folder, 'sync.c1z'), 'mine');
    const { code, stderr } = await here();
    expect(code).toBe(2);
    expect(stderr).toContain('BK-C1Z-EXISTS');
    expect(readdirSync(folder)).toEqual(['sync.c1z']);
    expect(readFileSync(join(folder, 'sync.c1z'), 'utf8')).toBe('mine');
  });

  test('a folder that is not there', async () => {
    expect(await here(['-f', join(folder, 'no/such/sync.c1z')])).toMatchObject({ code: 2 });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a log file that cannot be written, or a name that is a folder: a sentence, and nothing is made', async () => {
    for (const [args, code] of [
      [['--log-path', join(folder, 'no/such.log')], 'BK-LOG-PATH'],
      [['--file', join(folder, 'no/')], 'BK-C1Z-WRITE'],
    ] as const) {
      const ended = await here([...args]);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain(`  ${code}, exit code 2\n`);
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  test('a second run on the same file ends with 9 and does not disturb the first', async () => {
    const first = new Child(['--progress', 'jsonl'], { cwd: folder, env: { ...env, BATON_BEHAVIOUR: 'hold' } });
    await first.says('"phase":"read"');
    const second = await sync();
    expect(second.code).toBe(9);
    expect(second.stderr).toContain('BK-LOCK');
    expect(existsSync(join(folder, 'sync.c1z.partial/db'))).toBe(true);
    first.process.kill('SIGTERM');
    expect((await first.end()).code).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s, three times: exit 1, nothing left', async (signal) => {
    const child = new Child(['--progress', 'jsonl'], { cwd: folder, env: { ...env, BATON_BEHAVIOUR: 'hold' } });
    await child.says('"phase":"read"');
    for (let times = 0; times < 3; times += 1) child.process.kill(signal);
    const { code, stdout } = await child.end();
    expect(code).toBe(1);
    expect(lines(stdout).at(-1)).toMatchObject({
      type: 'result',
      ok: false,
      error: { code: 'BK-CANCELED', status: 1 },
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('after kill -9 there is no file, and the next run begins anew', async () => {
    const child = new Child(['--progress', 'jsonl'], { cwd: folder, env: { ...env, BATON_BEHAVIOUR: 'hold' } });
    await child.says('"phase":"read"');
    child.process.kill('SIGKILL');
    expect(await child.end()).toMatchObject({ signal: 'SIGKILL' });
    expect(readdirSync(folder)).toEqual(['sync.c1z.partial']);
    expect((await sync()).code).toBe(0);
    expect(readdirSync(folder).toSorted()).toEqual(['sync.c1z', 'sync.c1z.cert.json']);
  });
});

describe('hosted', () => {
  const hosted = (more: Record<string, string> = {}, secrets = JSON.stringify({ 'api-key': key })) => {
    mkdirSync(join(folder, 'run'));
    return new Child(['--hosted', '--file', join(folder, 'run/sync.c1z')], {
      cwd: folder,
      env: { BATON_BASE_URL: url, ...more },
      secrets,
      noStdin: false,
    });
  };

  test('secrets from descriptor 3, progress on standard output, JSON log on standard error', async () => {
    const child = hosted();
    const ended = await child.end();
    expect(ended.code).toBe(0);
    expect(lines(ended.stdout).at(-1)).toMatchObject({ type: 'result', ok: true });
    if (ended.stderr !== '') lines(ended.stderr);
    expect(readdirSync(join(folder, 'run')).toSorted()).toEqual(['sync.c1z', 'sync.c1z.cert.json']);
    expectNoKey(ended);
  });

  test('whoever starts it says with which settings a sync was complete before', async () => {
    const path = join(folder, 'run/sync.c1z.cert.json');
    const certificate = async (known?: string) => {
      const child = hosted(known === undefined ? {} : { BATON_HOSTED_KNOWN_CONFIG: known });
      expect((await child.end()).code).toBe(0);
      const made = parseCertificate(readFileSync(path, 'utf8'));
      rmSync(join(folder, 'run'), { recursive: true });
      return made;
    };
    const { config_digest: digest, role_id: first } = await certificate();
    expect([first, (await certificate(digest)).role_id, (await certificate('0'.repeat(64))).role_id]).toEqual([
      'id',
      'known',
      'id',
    ]);
  });

  test('no secret in the argument list or the environment of the process', async () => {
    const child = hosted({ BATON_BEHAVIOUR: 'hold' });
    await child.says('"phase":"read"');
    for (const file of ['cmdline', 'environ'])
      expect(readFileSync(`/proc/${child.process.pid}/${file}`, 'utf8')).not.toContain(key);
    child.closeControl();
    await child.end();
  });

  test('closing the control pipe ends it and leaves nothing', async () => {
    const child = hosted({ BATON_BEHAVIOUR: 'hold' });
    await child.says('"phase":"read"');
    child.closeControl();
    const { code, stdout } = await child.end();
    expect(code).toBe(1);
    expect(lines(stdout).at(-1)).toMatchObject({ type: 'result', ok: false, error: { code: 'BK-CANCELED' } });
    expect(readdirSync(join(folder, 'run'))).toEqual([]);
  });

  test('an error of the connector arrives whole, without the key', async () => {
    const ended = await hosted({ BATON_BEHAVIOUR: 'refuse' }).end();
    expect(ended.code).toBe(16);
    expect(lines(ended.stdout).at(-1)).toMatchObject({
      type: 'result',
      ok: false,
      error: { code: 'FX-AUTH', status: 16, title: 'The key [redacted] was refused.', field: 'api-key' },
    });
    expectNoKey(ended);
  });

  test.each([['not JSON'], ['[]'], ['{"api-key":7}']])('secrets that are %s', async (secrets) => {
    const { code, stdout } = await hosted({}, secrets).end();
    expect(code).toBe(2);
    expect(lines(stdout)).toMatchObject([{ type: 'result', ok: false, error: { code: 'BK-HOSTED-SECRETS' } }]);
  });

  test('a missing setting is one result line', async () => {
    const { code, stdout } = await hosted({}, '{}').end();
    expect(code).toBe(2);
    expect(lines(stdout)).toMatchObject([
      { type: 'result', ok: false, error: { code: 'BK-CONFIG-REQUIRED', field: 'api-key' } },
    ]);
  });
});
