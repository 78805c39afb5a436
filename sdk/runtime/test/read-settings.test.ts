import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { create } from '@bufbuild/protobuf';
import { config } from '@batonkit/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultFlags } from '../src/cli/default-flags.ts';
import { parseArguments } from '../src/cli/parse-arguments.ts';
import { ownFlags } from '../src/configuration/own-flags.ts';
import type { ConfigFile } from '../src/configuration/config-file.ts';
import { readConfigFile } from '../src/configuration/config-file.ts';
import type { SettingSources } from '../src/configuration/check-settings.ts';
import { readSettings } from '../src/configuration/read-settings.ts';

const configuration = create(config.ConfigurationSchema, {
  fields: [
    { name: 'base-url', displayName: 'Base URL', isRequired: true, field: { case: 'stringField', value: {} } },
    {
      name: 'api-key',
      displayName: 'API key',
      isRequired: true,
      isSecret: true,
      field: { case: 'stringField', value: {} },
    },
    { name: 'tags', displayName: 'Tags', field: { case: 'stringSliceField', value: {} } },
    {
      name: 'headers',
      displayName: 'Headers',
      isSecret: true,
      field: { case: 'stringMapField', value: {} },
    },
    {
      name: 'page-size',
      displayName: 'Page size',
      field: { case: 'intField', value: { defaultValue: 100n, rules: { gte: 1n, lte: 1000n } } },
    },
  ],
});
const own = ownFlags(configuration);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-settings-'));
  writeFileSync(join(folder, 'key'), 'from-file\n');
  writeFileSync(join(folder, 'empty'), '\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(argv: string[], env: Record<string, string> = {}, more: Partial<SettingSources> = {}) {
  const { values } = parseArguments('x', argv, { defaults: defaultFlags, own });
  return readSettings({
    defaults: defaultFlags,
    own,
    configuration,
    flags: values,
    env,
    hostedSecrets: new Map(),
    ...more,
  });
}

/** Settings of a file with this text. */
async function fileOf(text: string): Promise<ConfigFile> {
  const path = join(folder, 'settings.yaml');
  writeFileSync(path, text);
  const file = await readConfigFile({ BATON_CONFIG_PATH: path }, false);
  if (file === undefined) throw new Error('not read');
  return file;
}
const key = { BATON_API_KEY: 'from-env', BATON_BASE_URL: 'https://env' };

describe('which value wins', () => {
  test('a flag over its variable, that over the default; an empty variable is none', () => {
    expect(read([], key).values).toEqual({ 'base-url': 'https://env', 'api-key': 'from-env', 'page-size': 100 });
    expect(
      read(['--page-size', '5', '--base-url=https://flag'], { ...key, BATON_PAGE_SIZE: '7' }).values,
    ).toMatchObject({
      'page-size': 5,
      'base-url': 'https://flag',
    });
    expect(read([], { ...key, BATON_PAGE_SIZE: '7' }).values).toMatchObject({ 'page-size': 7 });
    expect(read([], { ...key, BATON_PAGE_SIZE: '' }).values).toMatchObject({ 'page-size': 100 });
  });

  test('a secret may lie in a file', () => {
    const settings = read([], { BATON_BASE_URL: 'https://x', BATON_API_KEY_FILE: join(folder, 'key') });
    expect(settings).toMatchObject({ values: { 'api-key': 'from-file' }, secrets: ['from-file'], problems: [] });
  });

  test('the secrets of a hosted run win, and only secrets are taken from there', () => {
    const hostedSecrets = new Map([
      ['api-key', 'from-descriptor'],
      ['headers', '{"x-access":"of-proxy"}'],
      ['base-url', 'https://evil'],
    ]);
    const settings = read(['--hosted'], key, { hostedSecrets });
    expect(settings).toMatchObject({
      values: { 'api-key': 'from-descriptor', 'base-url': 'https://env', headers: { 'x-access': 'of-proxy' } },
      secrets: ['from-descriptor', 'of-proxy'],
      progress: 'jsonl',
    });
  });

  test('a hosted run reaches of this machine only what the console allows', () => {
    const more = { ...key, BATON_HOSTED_ORIGINS: 'http://127.0.0.1:8081,http://localhost:8081' };
    const to = (port: number) => ({ protocol: 'http:', hostname: '127.0.0.1', port });
    const { policy } = read(['--hosted'], more).network;
    expect([policy?.(to(8081)), policy?.(to(8080))]).toEqual([true, false]);
    expect(read(['--hosted'], key).network.policy?.(to(8081))).toBe(false);
    expect(read([], more).network.policy).toBeUndefined();
  });
});

describe('what is refused', () => {
  const cases: [string, string[], Record<string, string>, string[]][] = [
    ['all that is missing, at once', [], {}, ['BK-CONFIG-REQUIRED base-url', 'BK-CONFIG-REQUIRED api-key']],
    ['a rule', ['--page-size', '5000'], key, ['BK-CONFIG-RULE page-size']],
    ['a variable of the wrong kind', [], { ...key, BATON_PAGE_SIZE: 'ten' }, ['BK-CONFIG-VALUE page-size']],
    ['a secret given twice', [], { ...key, BATON_API_KEY_FILE: '/x' }, ['BK-CONFIG-SECRET-TWICE api-key']],
    [
      'a secret file that is not there',
      [],
      { BATON_BASE_URL: 'x', BATON_API_KEY_FILE: '/no/such' },
      ['BK-CONFIG-SECRET-FILE api-key'],
    ],
    [
      'a secret file without an end',
      [],
      { BATON_BASE_URL: 'x', BATON_API_KEY_FILE: '/dev/zero' },
      ['BK-CONFIG-SECRET-FILE api-key'],
    ],
    ['half a service', ['--client-id', 'a@b/c'], key, ['BK-CONFIG-TOGETHER client-secret']],
    ['a resource by no Baton id', ['--sync-resources', 'user/1'], key, ['BK-CONFIG-VALUE sync-resources']],
    ['no grants of the whole source', ['--skip-grants'], key, ['BK-CONFIG-VALUE skip-grants']],
    ['two changes', ['--delete-resource', 'x', '--revoke-grant', 'y'], key, ['BK-CONFIG-TOGETHER delete-resource']],
    ['half a change', ['--grant-entitlement', 'x'], key, ['BK-CONFIG-TOGETHER grant-principal']],
    ['another engine', ['--storage-engine', 'SQLITE'], key, ['BK-CONFIG-VALUE storage-engine']],
    ['no directory', ['--c1z-temp-dir', '/dev/null'], key, ['BK-TEMP-DIR c1z-temp-dir']],
    ['a damaged secret', ['--client-id', 'a@b/c', '--client-secret', 'x:y:v1:z'], key, ['BK-C1-SECRET client-secret']],
    ['a client id of no form', ['--client-id', 'a@b', '--client-secret', 'x:y:v1:z'], key, ['BK-C1-ID client-id']],
    ['a time-out of 0', ['--http-timeout-seconds', '0'], key, ['BK-CONFIG-VALUE http-timeout-seconds']],
    ['a time-out of 1801', ['--http-timeout-seconds', '1801'], key, ['BK-CONFIG-VALUE http-timeout-seconds']],
    ['no tasks at all', ['--task-concurrency', '0'], key, ['BK-CONFIG-VALUE task-concurrency']],
    ['an unknown progress', ['--progress', 'bar'], key, ['BK-CONFIG-VALUE progress']],
    ['65 requests at once', ['--max-in-flight', '65'], key, ['BK-CONFIG-VALUE max-in-flight']],
    ['no request at all', ['--max-in-flight', '0'], key, ['BK-CONFIG-VALUE max-in-flight']],
    ['a file that all may write', ['--file-mode', '0666'], key, ['BK-CONFIG-VALUE file-mode']],
    ['a key file that is none', ['--certificate-key', '/dev/null'], key, ['BK-CERT-KEY-FILE certificate-key']],
    ['a proxy of another kind', [], { ...key, HTTPS_PROXY: 'socks5://x:1' }, ['BK-PROXY undefined']],
    ['authorities that are not there', [], { ...key, SSL_CERT_FILE: '/no/such' }, ['BK-CA undefined']],
    ['authorities that are none', [], { ...key, SSL_CERT_FILE: '/dev/null' }, ['BK-CA undefined']],
    ['a directory that is not there', [], { ...key, SSL_CERT_DIR: '/no/such' }, ['BK-CA undefined']],
    ['a map that is none', [], { ...key, BATON_HEADERS: 'from-env' }, ['BK-CONFIG-VALUE headers']],
    ['no file name', ['--file', ''], key, ['BK-CONFIG-VALUE file']],
  ];
  test.each(cases)('%s', (_name, argv, env, expected) => {
    const { problems } = read(argv, env);
    expect(problems.map(({ code, field }) => `${code} ${field}`)).toEqual(expected);
    for (const problem of problems) {
      expect(problem.status).toBe(2);
      expect(JSON.stringify(problem)).not.toContain('from-env');
    }
  });

  test('an empty secret file', () => {
    const { problems } = read([], { BATON_BASE_URL: 'x', BATON_API_KEY_FILE: join(folder, 'empty') });
    expect(problems.map(({ code }) => code)).toEqual(['BK-CONFIG-SECRET-FILE']);
  });
});

test('what other connectors have is accepted, and says that it has no effect', () => {
  const settings = read(['-p', '--storage-engine', 'pebble', '--health-check', '--log-level', 'loud'], key);
  expect(settings.problems).toEqual([]);
  expect(settings.notices.map((text) => text.split(/[:,]/)[0])).toEqual([
    'Without effect in this release',
    'Without effect in a single sync',
    'The file is written in the SQLite form',
    '--log-level "loud" is none of debug',
  ]);
});

test('a secret on the command line is warned about once', () => {
  const { notices } = read(['--api-key', 'abcd'], { BATON_BASE_URL: 'x' });
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(/BATON_API_KEY_FILE/);
});

describe('lists and maps', () => {
  test.each<[string[], Record<string, string>, unknown]>([
    [['--tags', 'a,b', '--tags', '"c,d"'], {}, ['a', 'b', 'c,d']],
    [[], { BATON_TAGS: 'a,b' }, ['a', 'b']],
    [['--tags', 'x'], { BATON_TAGS: 'a,b' }, ['a', 'b', 'x']],
  ])('%j and %j', (argv, env, tags) => expect(read(argv, { ...key, ...env }).values['tags']).toEqual(tags));

  test.each<[string[], Record<string, string>, unknown]>([
    [['--headers', 'x-a=1=2,x-b=', '--headers', 'x-c=3'], {}, { 'x-a': '1=2', 'x-b': '', 'x-c': '3' }],
    [[], { BATON_HEADERS: '{"x-a":"1,2"}' }, { 'x-a': '1,2' }],
    [[], { BATON_HEADERS_FILE: 'headers' }, { 'x-a': 'of-file' }],
  ])('%j and %j as a map, whose values are secret', (argv, env, headers) => {
    writeFileSync(join(folder, 'headers'), '{"x-a":"of-file"}\n');
    const path = env['BATON_HEADERS_FILE'] === undefined ? {} : { BATON_HEADERS_FILE: join(folder, 'headers') };
    const settings = read(argv, { ...key, ...env, ...path });
    expect(settings.values['headers']).toEqual(headers);
    expect(settings.secrets).toEqual(['from-env', ...Object.values(headers as Record<string, string>)]);
  });
});

describe('a configuration file', () => {
  test('gives what neither a flag nor a variable gives, in the kind of each field', async () => {
    const file = await fileOf(
      'Base-URL: https://yaml\napi-key: 00123\npage-size: 7\ntags: [a, "b,c"]\nheaders: { X-A: no }\nfile: y.c1z\nlog-level:\n',
    );
    const settings = read([], {}, { file });
    expect(settings).toMatchObject({
      values: {
        'base-url': 'https://yaml',
        'api-key': '00123',
        'page-size': 7,
        tags: ['a', 'b,c'],
        headers: { 'x-a': 'no' },
      },
      file: 'y.c1z',
      secrets: ['00123', 'no'],
      problems: [],
      notices: [],
    });
    expect(read(['--page-size', '5'], { ...key, BATON_FILE: 'e.c1z' }, { file })).toMatchObject({
      values: { 'base-url': 'https://env', 'api-key': 'from-env', 'page-size': 5 },
      file: 'e.c1z',
    });
    expect(read([], { BATON_API_KEY_FILE: join(folder, 'key') }, { file }).values).toMatchObject({
      'api-key': 'from-file',
    });
  });

  test('may merge settings into others', async () => {
    const file = await fileOf('all: &all { base-url: https://merged, page-size: 7 }\n<<: *all\npage-size: 8\n');
    expect(read([], { BATON_API_KEY: 'k' }, { file }).values).toMatchObject({
      'base-url': 'https://merged',
      'page-size': 8,
    });
    const { problems } = read([], { BATON_API_KEY: 'k' }, { file: { ...file, isByChance: true } });
    expect(problems).toMatchObject([{ code: 'BK-CONFIG-YAML-ADDRESS' }]);
  });

  test('what it says wrongly is named, without the text', async () => {
    const file = await fileOf('page-size: [canary]\ntags: { a: canary }\nheaders: [canary]\nbase-url: { a: canary }\n');
    const { problems } = read([], { BATON_API_KEY: 'k' }, { file });
    expect(problems.map(({ code, field }) => `${code} ${field}`)).toEqual(
      ['base-url', 'tags', 'headers', 'page-size'].map((field) => `BK-CONFIG-VALUE ${field}`),
    );
    expect(JSON.stringify(problems)).not.toContain('canary');
  });

  test('unknown settings are told, but nothing that may be a value', async () => {
    const file = await fileOf('base-ulr: x\nrl_canary key: y\n');
    const { notices } = read([], key, { file });
    expect(notices).toEqual([`${file.path} has settings that are not known here: base-ulr.`]);
  });

  test('that nobody named sends no key of somebody else to an address of its own', async () => {
    const file = { ...(await fileOf('base-url: https://evil\napi-key: its-own\n')), isByChance: true };
    const codes = (argv: string[], env: Record<string, string>) =>
      read(argv, env, { file }).problems.map(({ code, field }) => `${code} ${field}`);
    expect(codes([], {})).toEqual([]);
    expect(codes([], { BATON_API_KEY: 'mine' })).toEqual(['BK-CONFIG-YAML-ADDRESS base-url']);
    expect(codes([], { BATON_API_KEY_FILE: join(folder, 'key') })).toEqual(['BK-CONFIG-YAML-ADDRESS base-url']);
    expect(codes(['--headers', 'a=b'], {})).toEqual(['BK-CONFIG-YAML-ADDRESS base-url']);
    expect(codes([], { BATON_API_KEY: 'mine', BATON_BASE_URL: 'https://mine' })).toEqual([]);
    expect(read([], { BATON_API_KEY: 'mine' }, { file: { ...file, isByChance: false } }).problems).toEqual([]);
  });

  test.each([
    ['api-key: canary\napi-key: canary\n', 'names a setting twice (line 2)'],
    ['api-key: canary\nAPI-KEY: canary\n', 'names a setting twice'],
    ['api-key: [canary\n', 'is not YAML (line 2)'],
    ['- canary\n', 'is not a list of "name: value"'],
    ['canary', 'is not a list of "name: value"'],
    [`a: &a [${'canary,'.repeat(20)}]\nb: &b [${'*a,'.repeat(20)}]\nc: [${'*b,'.repeat(20)}]\n`, 'refers to itself'],
    ['a: 1\n---\nb: canary\n', 'holds more than one document (line 2)'],
    ['<<: canary\n', 'merges what is no map'],
    [`a: ${'x'.repeat(2 ** 20)}`, 'is larger than 1 MiB'],
  ])('%#: a damaged one is an error, and is not quoted', async (text, reason) => {
    const thrown = await fileOf(text).catch((error: unknown) => error as Error);
    expect(thrown).toMatchObject({ code: 'BK-CONFIG-YAML' });
    expect(`${thrown as Error}`).toContain(reason);
    expect(`${thrown as Error}`).not.toContain('canary');
  });

  test('what is no ordinary file is refused, and holds nothing up', async () => {
    const pipe = join(folder, 'pipe.yaml');
    if (!existsSync(pipe)) execFileSync('mkfifo', [pipe]);
    await expect(readConfigFile({ BATON_CONFIG_PATH: pipe }, false)).rejects.toThrow('is no ordinary file');
    await expect(readConfigFile({ BATON_CONFIG_PATH: `${folder}/.yaml` }, false)).rejects.toThrow('does not exist');
  });

  test('empty, it says nothing', async () => {
    for (const text of ['', '# nothing\n', '---\n']) expect((await fileOf(text)).values.size).toBe(0);
  });

  test.each([
    ['/no/such.yaml', 'does not exist'],
    ['/no/such.json', 'ends neither in .yaml nor in .yml'],
  ])('%s, named and not there, is an error', async (path, reason) => {
    await expect(readConfigFile({ BATON_CONFIG_PATH: path }, true)).rejects.toThrow(reason);
  });
});

describe('the network', () => {
  const pem = (name: string) => fileURLToPath(new URL(`../../../tests/fixtures/tls/${name}.pem`, import.meta.url));

  test('proxies and authorities come from the environment; their passwords are secrets', () => {
    const { network, secrets, problems } = read(['--max-in-flight', '16'], {
      ...key,
      https_proxy: 'proxy:3128',
      HTTP_PROXY: 'http://me:pass%21word@other:80',
      NO_PROXY: 'a.example',
      SSL_CERT_FILE: pem('authority'),
      SSL_CERT_DIR: join(pem('authority'), '..'),
    });
    expect(problems).toEqual([]);
    expect(network.maxInFlight).toBe(16);
    expect(network.proxy).toMatchObject({ except: 'a.example' });
    expect([network.proxy?.https?.href, network.proxy?.http?.host]).toEqual(['http://proxy:3128/', 'other']);
    expect(secrets).toEqual(['from-env', 'pass!word', 'pass%21word']);
    // The authority once, and the three certificates that lie beside it.
    expect(network.ca).toHaveLength(4);
  });

  test('without any, there are none, and four requests at once', () => {
    expect(read([], key).network).toEqual({ maxInFlight: 4 });
  });
});
