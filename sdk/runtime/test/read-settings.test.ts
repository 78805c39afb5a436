import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { config } from '@batonkit/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultFlags } from '../src/cli/default-flags.ts';
import { parseArguments } from '../src/cli/parse-arguments.ts';
import { ownFlags } from '../src/configuration/own-flags.ts';
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

function read(argv: string[], env: Record<string, string> = {}, hosted: Record<string, string> = {}) {
  const { values } = parseArguments('x', argv, { defaults: defaultFlags, own });
  return readSettings({
    defaults: defaultFlags,
    own,
    configuration,
    flags: values,
    env,
    hostedSecrets: new Map(Object.entries(hosted)),
  });
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
    const settings = read(['--hosted'], key, { 'api-key': 'from-descriptor', 'base-url': 'https://evil' });
    expect(settings).toMatchObject({
      values: { 'api-key': 'from-descriptor', 'base-url': 'https://env' },
      progress: 'jsonl',
    });
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
    ['service mode', ['--client-id', 'a@b/c'], key, ['BK-SERVICE-MODE undefined']],
    ['a configuration file', [], { ...key, BATON_CONFIG_PATH: 'x.yaml' }, ['BK-CONFIG-YAML undefined']],
    ['half a tenant', ['--sync-resource-types', 'user'], key, ['BK-NOT-IN-RELEASE sync-resource-types']],
    [
      'half a tenant by variable',
      [],
      { ...key, BATON_SKIP_ENTITLEMENTS_AND_GRANTS: 'true' },
      ['BK-NOT-IN-RELEASE skip-entitlements-and-grants'],
    ],
    ['a change', ['--delete-resource', 'x'], key, ['BK-NOT-IN-RELEASE delete-resource']],
    ['another engine', ['--storage-engine', 'pebble'], key, ['BK-NOT-IN-RELEASE storage-engine']],
    ['a time-out of 0', ['--http-timeout-seconds', '0'], key, ['BK-CONFIG-VALUE http-timeout-seconds']],
    ['a time-out of 1801', ['--http-timeout-seconds', '1801'], key, ['BK-CONFIG-VALUE http-timeout-seconds']],
    ['no tasks at all', ['--task-concurrency', '0'], key, ['BK-CONFIG-VALUE task-concurrency']],
    ['an unknown level', ['--log-level', 'loud'], key, ['BK-CONFIG-VALUE log-level']],
    ['an unknown progress', ['--progress', 'bar'], key, ['BK-CONFIG-VALUE progress']],
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
  const settings = read(['--workers', '4', '-p', '--storage-engine', 'sqlite', '--health-check'], key);
  expect(settings.problems).toEqual([]);
  expect(settings.notices).toEqual(['Without effect in this release: --health-check, --workers, --provisioning.']);
});

test('a secret on the command line is warned about once', () => {
  const { notices } = read(['--api-key', 'abcd'], { BATON_BASE_URL: 'x' });
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(/BATON_API_KEY_FILE/);
});
