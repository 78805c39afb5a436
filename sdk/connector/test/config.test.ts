import { checkConfiguration, config } from '@batonkit/protocol';
import { toJson } from '@bufbuild/protobuf';
import { expect, expectTypeOf, test } from 'vitest';
import {
  boolField,
  defineConfig,
  environmentName,
  intField,
  isSecretField,
  mapField,
  sliceField,
  stringField,
  toConfiguration,
} from '../src/index.ts';

const texts = { displayName: 'D', description: 'E' };
const definition = defineConfig({
  url: stringField({ ...texts, placeholder: 'https://…', required: true, rules: { uri: true, maxLength: 100 } }),
  'api-key': stringField({ ...texts, required: true, secret: true }),
  note: stringField({ ...texts, advanced: true }),
  'page-size': intField({ ...texts, advanced: true, rules: { atLeast: 1, atMost: 10 } }),
  tries: intField({ ...texts, defaultValue: 3 }),
  loud: boolField(texts),
});
const schema = toConfiguration({
  id: 'thing',
  displayName: 'Thing',
  helpUrl: 'https://example.com/help',
  config: definition,
});

test('one declaration gives the schema of forms: secrecy, rules, and what is for operations', () => {
  expect(toJson(config.ConfigurationSchema, schema)).toEqual({
    fields: [
      {
        name: 'url',
        ...texts,
        placeholder: 'https://…',
        isRequired: true,
        stringField: { rules: { isRequired: true, wellKnown: 'WELL_KNOWN_STRING_URI', maxLen: '100' } },
      },
      { name: 'api-key', ...texts, isRequired: true, isSecret: true, stringField: { rules: { isRequired: true } } },
      { name: 'note', ...texts, isOps: true, stringField: {} },
      { name: 'page-size', ...texts, isOps: true, intField: { rules: { gte: '1', lte: '10' } } },
      { name: 'tries', ...texts, intField: { defaultValue: '3' } },
      { name: 'loud', ...texts, boolField: {} },
    ],
    displayName: 'Thing',
    helpUrl: 'https://example.com/help',
    catalogId: 'thing',
  });
});

test('and the values, with defaults, in their types', () => {
  const values = definition.read({ url: 'https://example.com', 'api-key': 'k', 'log-level': 'debug', note: '' });
  expect(values).toEqual({
    url: 'https://example.com',
    'api-key': 'k',
    note: undefined,
    'page-size': undefined,
    tries: 3,
    loud: false,
  });
  expectTypeOf(values.url).toEqualTypeOf<string>();
  expectTypeOf(values['page-size']).toEqualTypeOf<number | undefined>();
  expectTypeOf(values.tries).toEqualTypeOf<number>();
  expectTypeOf(values.loud).toEqualTypeOf<boolean>();
});

test('and the rules that the one check of the protocol knows', () => {
  const problems = checkConfiguration(schema, { url: 'no address', 'page-size': 11 });
  expect(problems.map(({ field, code }) => [field, code])).toEqual([
    ['url', 'BK-CONFIG-RULE'],
    ['api-key', 'BK-CONFIG-REQUIRED'],
    ['page-size', 'BK-CONFIG-RULE'],
  ]);
  expect(checkConfiguration(schema, { url: 'https://example.com', 'api-key': 'k', 'page-size': 10 })).toEqual([]);
});

test('and the name in the environment', () => {
  expect(environmentName('allow-single-user')).toBe('BATON_ALLOW_SINGLE_USER');
});

const lists = defineConfig(
  {
    plan: stringField({ ...texts, choices: ['fast', 'slow'], defaultValue: 'fast' }),
    accept: sliceField({ ...texts, advanced: true, rules: { unique: true, choices: ['a', 'b'] } }),
    kinds: sliceField({ ...texts, defaultValue: ['x'] }),
    reason: stringField(texts),
    headers: mapField({ ...texts, secret: true, advanced: true }),
    labels: mapField(texts),
  },
  [{ kind: 'needs', fields: ['accept'], needs: ['reason'] }],
);
const listSchema = toConfiguration({ id: 'x', displayName: 'X', helpUrl: 'https://example.com', config: lists });

test('lists, maps, choices and rules between fields stand in the schema', () => {
  const { fields, constraints } = toJson(config.ConfigurationSchema, listSchema) as Record<string, unknown[]>;
  const option = (value: string) => ({ name: value, value });
  expect(fields).toEqual([
    { name: 'plan', ...texts, stringField: { defaultValue: 'fast', options: [option('fast'), option('slow')] } },
    {
      name: 'accept',
      ...texts,
      isOps: true,
      stringSliceField: { rules: { unique: true, itemRules: { in: ['a', 'b'] } } },
    },
    { name: 'kinds', ...texts, stringSliceField: { defaultValue: ['x'] } },
    { name: 'reason', ...texts, stringField: {} },
    { name: 'headers', ...texts, isOps: true, isSecret: true, stringMapField: {} },
    { name: 'labels', ...texts, stringMapField: {} },
  ]);
  expect(constraints).toEqual([
    { kind: 'CONSTRAINT_KIND_DEPENDENT_ON', fieldNames: ['accept'], secondaryFieldNames: ['reason'] },
  ]);
  expect(Object.entries(lists.fields).flatMap(([name, field]) => (isSecretField(field) ? [name] : []))).toEqual([
    'headers',
  ]);
});

test('and have their types; an empty list or map is none', () => {
  const values = lists.read({ accept: ['a'], headers: { 'x-access': 's' }, labels: {} });
  expect(values).toEqual({
    plan: 'fast',
    accept: ['a'],
    kinds: ['x'],
    reason: undefined,
    headers: { 'x-access': 's' },
    labels: undefined,
  });
  expectTypeOf(values.plan).toEqualTypeOf<'fast' | 'slow'>();
  expectTypeOf(values.accept).toEqualTypeOf<readonly string[] | undefined>();
  expectTypeOf(values.kinds).toEqualTypeOf<readonly string[]>();
  expectTypeOf(values.headers).toEqualTypeOf<Readonly<Record<string, string>> | undefined>();
});

test.each<[Parameters<typeof checkConfiguration>[1], string[]]>([
  [{ accept: ['a', 'b'], reason: 'r', headers: { a: '1' } }, []],
  [{ accept: ['a'] }, ['reason']],
  [{ accept: ['c'], reason: 'r' }, ['accept']],
  [{ accept: ['a', 'a'], reason: 'r' }, ['accept']],
  [{ plan: 'other' }, ['plan']],
  [{ headers: 'text' }, ['headers']],
  [{ headers: ['a=1'] }, ['headers']],
  [{ accept: {}, labels: {} }, []],
])('%j breaks the rules of %j', (values, fields) => {
  expect(checkConfiguration(listSchema, values).map(({ field }) => field)).toEqual(fields);
});
