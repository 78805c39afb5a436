import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { config, type AnyConfigValue } from '@batonkit/protocol';
import { formFields } from '../src/catalogue/form-fields.ts';
import { FieldProblems } from '../src/http/problem.ts';
import { childVariables } from '../src/settings/child-variables.ts';
import { missingLabels, prepareSettings } from '../src/settings/prepare-settings.ts';
import { stampExceptions } from '../src/settings/stamp-exceptions.ts';

const declared = (json: JsonValue): config.Configuration => fromJson(config.ConfigurationSchema, json);
const configuration = declared({
  fields: [
    { name: 'log-level', isOps: true, stringField: { defaultValue: 'info' } },
    {
      name: 'base-url',
      displayName: 'Base URL',
      isRequired: true,
      stringField: { rules: { isRequired: true, wellKnown: 'WELL_KNOWN_STRING_URI' } },
    },
    {
      name: 'api-key',
      displayName: 'API key',
      isRequired: true,
      isSecret: true,
      stringField: { rules: { isRequired: true } },
    },
    { name: 'page-size', displayName: 'Page size', isOps: true, intField: { rules: { gte: '1', lte: '1000' } } },
    { name: 'tags', displayName: 'Tags', isOps: true, stringSliceField: {} },
    { name: 'quick', displayName: 'Quick', isOps: true, boolField: {} },
    { name: 'headers', displayName: 'Headers', isOps: true, isSecret: true, stringMapField: {} },
    { name: 'style', displayName: 'Style', isOps: true, stringField: { options: [{ value: 'a' }, { value: 'b' }] } },
    { name: 'accept', displayName: 'Exceptions', isOps: true, stringSliceField: {} },
    { name: 'reason', displayName: 'Reason', isOps: true, stringField: {} },
    { name: 'accepted-by', displayName: 'Who', isOps: true, stringField: {} },
    { name: 'accepted-at', displayName: 'When', isOps: true, stringField: {} },
  ],
});
const none = { values: {}, secrets: {} };
const stored = { values: { 'base-url': 'https://acme.example' }, secrets: { 'api-key': 'rl_usr_stored_key' } };
const allowed = new Set(['http://127.0.0.1:8080']);

function problems(
  entered: Record<string, AnyConfigValue>,
  before: Parameters<typeof prepareSettings>[1] = none,
): string[] {
  try {
    prepareSettings(configuration, before, entered, allowed);
    return [];
  } catch (error) {
    if (!(error instanceof FieldProblems)) throw error;
    return error.problems.map(({ code, field }) => `${code} ${field}`);
  }
}

describe('the form', () => {
  test('shows what the author declared, and nothing of the runtime', () => {
    expect(formFields(configuration).map(({ label, advanced }) => [label, advanced])).toEqual([
      ['Base URL', false],
      ['API key', false],
      ['Page size', true],
      ['Tags', true],
      ['Quick', true],
      ['Headers', true],
      ['Style', true],
      ['Exceptions', true],
      ['Reason', true],
    ]);
    expect(formFields(configuration).find(({ name }) => name === 'style')?.choices).toEqual(['a', 'b']);
    expect(formFields(configuration).find(({ name }) => name === 'headers')).toMatchObject({
      kind: 'map',
      secret: true,
    });
  });

  test('a label changed in the declaration changes the form', () => {
    const changed = declared({ fields: [{ name: 'base-url', displayName: 'Tenant address', stringField: {} }] });
    expect(formFields(changed)[0]).toMatchObject({ name: 'base-url', label: 'Tenant address', kind: 'text' });
  });

  test('never holds the default of a secret', () => {
    const changed = declared({ fields: [{ name: 'k', isSecret: true, stringField: { defaultValue: 'hidden' } }] });
    expect(JSON.stringify(formFields(changed))).not.toContain('hidden');
  });
});

describe('saving', () => {
  const good = { 'base-url': ' https://acme.example ', 'api-key': ' rl_usr_new_key\n' };

  test('keeps white space of pasting out, and tells what changed', () => {
    expect(prepareSettings(configuration, none, good, allowed)).toEqual({
      values: { 'base-url': 'https://acme.example' },
      secrets: { 'api-key': 'rl_usr_new_key' },
      changed: ['Base URL', 'API key'],
    });
  });

  test('a blank or absent secret keeps the stored one; a field that was not sent stays', () => {
    for (const entered of [{ 'api-key': '' }, {}, { 'api-key': '   ' }] as Record<string, string>[]) {
      expect(prepareSettings(configuration, stored, entered, allowed)).toEqual({
        values: stored.values,
        secrets: {},
        changed: [],
      });
    }
  });

  test('a blank value clears it', () => {
    const before = { ...stored, values: { ...stored.values, 'page-size': 50 } };
    expect(prepareSettings(configuration, before, { 'page-size': '' }, allowed).values).toEqual(stored.values);
  });

  test('of a map of secrets each value is kept, replaced, added or removed by itself', () => {
    const before = {
      ...stored,
      secrets: { ...stored.secrets, headers: { 'x-a': 'one', 'x-b': 'two', 'x-c': 'three' } },
    };
    const entered = { headers: { 'x-a': '', 'x-b': 'new', ' x-d ': 'four' } };
    expect(prepareSettings(configuration, before, entered, allowed)).toMatchObject({
      secrets: { headers: { 'x-a': 'one', 'x-b': 'new', 'x-d': 'four' } },
      changed: ['Headers'],
    });
    expect(prepareSettings(configuration, before, { headers: {} }, allowed)).toMatchObject({
      secrets: { headers: {} },
      changed: ['Headers'],
    });
    const same = { headers: { 'x-a': '', 'x-b': '', 'x-c': '' } };
    expect(prepareSettings(configuration, before, same, allowed).changed).toEqual([]);
    expect(prepareSettings(configuration, stored, { headers: {} }, allowed)).toMatchObject({
      secrets: {},
      changed: [],
    });
    // They were for the former address, too.
    const moved = { 'base-url': 'https://other.example', 'api-key': 'rl_usr_other' };
    expect(problems({ ...moved, ...entered }, before)).toEqual(['BK-SECRET-AGAIN headers']);
    expect(problems(moved, before)).toEqual(['BK-SECRET-AGAIN headers']);
    expect(problems({ ...moved, headers: { 'x-a': 'fresh' } }, before)).toEqual([]);
  });

  test('who accepted exceptions stands with them until they or their reason change', () => {
    const at = (day: string): string => `2026-05-${day}T10:00:00.000Z`;
    const values = { accept: ['null-roles=none'], reason: 'New people have none.' };
    const first = stampExceptions(configuration, {}, values, 'Ana', at('01'));
    expect(first).toEqual({ ...values, 'accepted-by': 'Ana', 'accepted-at': at('01') });
    expect(stampExceptions(configuration, first, { ...first, 'page-size': 5 }, 'Bo', at('02'))).toEqual({
      ...first,
      'page-size': 5,
    });
    const changed = { ...first, accept: ['null-roles=none', 'static-roles'] };
    expect(stampExceptions(configuration, first, changed, 'Bo', at('02'))).toMatchObject({
      'accepted-by': 'Bo',
      'accepted-at': at('02'),
    });
    expect(stampExceptions(configuration, first, { reason: 'Still here.' }, 'Bo', at('03'))).toEqual({
      reason: 'Still here.',
    });
  });

  test('a changed address asks for the secret again, and with it is saved', () => {
    expect(problems({ 'base-url': 'https://other.example' }, stored)).toEqual(['BK-SECRET-AGAIN api-key']);
    expect(problems({ 'base-url': 'https://other.example', 'api-key': 'rl_usr_other' }, stored)).toEqual([]);
  });

  test.each([
    [{}, ['BK-CONFIG-REQUIRED base-url', 'BK-CONFIG-REQUIRED api-key']],
    [{ ...good, 'page-size': 0.5 }, ['BK-CONFIG-KIND page-size']],
    [{ ...good, 'page-size': '50' }, ['BK-CONFIG-KIND page-size']],
    [{ ...good, 'page-size': 2000 }, ['BK-CONFIG-RULE page-size']],
    [{ ...good, quick: 'yes' }, ['BK-CONFIG-KIND quick']],
    [{ ...good, 'log-levle': 'x' }, ['BK-CONFIG-UNKNOWN log-levle']],
    [{ ...good, headers: { '': 'x' } }, ['BK-CONFIG-KIND headers']],
    [{ ...good, headers: { 'x-team': '' } }, ['BK-CONFIG-KIND headers']],
    [{ ...good, headers: 'x-team=1' }, ['BK-CONFIG-KIND headers']],
    [{ ...good, style: 'c' }, ['BK-CONFIG-RULE style']],
    [{ ...good, accept: ['null-roles=none'] }, ['BK-ACCEPT-REASON reason']],
    [{ ...good, 'accepted-by': 'Somebody else' }, ['BK-CONFIG-UNKNOWN accepted-by']],
    // A field that the form does not show cannot be set past it.
    [{ ...good, 'log-level': 'debug' }, ['BK-CONFIG-UNKNOWN log-level']],
  ])('%o gives %o', (entered, expected) => {
    expect(problems(entered as Record<string, AnyConfigValue>)).toEqual(expected);
  });

  test.each([
    ['http://127.0.0.1:8080/api/v1', true],
    ['http://127.0.0.1:8081', false],
    ['http://localhost:8080', false],
    ['http://[::1]:8080', false],
    ['http://[::ffff:127.0.0.1]:8080', false],
    ['http://[::ffff:169.254.169.254]', false],
    ['http://2130706433:9', false],
    ['http://127.1', false],
    ['http://0.0.0.0:8080', false],
    ['http://169.254.169.254/latest', false],
    ['https://localhost.', false],
    ['https://10.0.0.7', true],
    ['https://acme.example', true],
    ['https://127.example', true],
  ])('the address %s is allowed: %s', (address, isAllowed) => {
    expect(problems({ ...good, 'base-url': address })).toEqual(isAllowed ? [] : ['BK-ADDRESS base-url']);
  });

  test('says what is still missing, by label', () => {
    expect(missingLabels(configuration, {}, new Set())).toEqual(['Base URL', 'API key']);
    expect(missingLabels(configuration, stored.values, new Set(['api-key']))).toEqual([]);
  });

  test('only what is not secret goes into the environment of the child', () => {
    expect(
      childVariables(configuration, {
        'base-url': 'https://acme.example',
        'api-key': 'x',
        tags: ['a,b', 'c'],
        quick: true,
        headers: { 'x-a': 'secret' },
      }),
    ).toEqual({ BATON_BASE_URL: 'https://acme.example', BATON_TAGS: '"a,b",c', BATON_QUICK: 'true' });
  });
});
