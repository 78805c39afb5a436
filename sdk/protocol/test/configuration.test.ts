import { fromJson } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { checkConfiguration, checkField, config } from '../src/index.ts';
import type { ConfigValue } from '../src/index.ts';

const field = (json: JsonObject) => fromJson(config.FieldSchema, { name: 'x', displayName: 'X', ...json });
const text = (rules: JsonObject, more: JsonObject = {}) => field({ stringField: { rules }, ...more });
const whole = (rules: JsonObject) => field({ intField: { rules } });

describe('checkField', () => {
  const cases: [string, config.Field, ConfigValue | undefined, string | undefined][] = [
    ['required and absent', text({}, { isRequired: true }), undefined, 'X is missing.'],
    ['required by its rules and empty', text({ isRequired: true }), '', 'X is missing.'],
    ['not required and empty, with a rule', text({ minLen: '3' }), '', undefined],
    ['empty, but to be judged', text({ minLen: '3', validateEmpty: true }), '', 'X must have at least 3 characters.'],
    ['length in characters, not in code units', text({ maxLen: '2' }), '😀😀', undefined],
    ['too long', text({ maxLen: '2' }), 'abc', 'X must have at most 2 characters.'],
    ['pattern', text({ pattern: '^a+$' }), 'b', 'X does not have the expected form.'],
    ['prefix', text({ prefix: 'https:' }), 'http:', 'X must begin with "https:".'],
    ['contains', text({ contains: '/' }), 'a', 'X must contain "/".'],
    ['not contains', text({ notContains: '/' }), 'a/', 'X must not contain "/".'],
    ['one of', text({ in: ['a', 'b'] }), 'c', 'X must be one of a, b.'],
    ['none of', text({ notIn: ['a'] }), 'a', 'X must not be one of a.'],
    ['a URL', text({ wellKnown: 'WELL_KNOWN_STRING_URI' }), 'https://a.example/api/v1', undefined],
    [
      'not a URL',
      text({ wellKnown: 'WELL_KNOWN_STRING_URI' }),
      'a.example',
      'X must be a full URL, such as https://example.com/path.',
    ],
    [
      'a URL with a space',
      text({ wellKnown: 'WELL_KNOWN_STRING_URI' }),
      'https://a. example',
      'X must be a full URL, such as https://example.com/path.',
    ],
    ['an address', text({ wellKnown: 'WELL_KNOWN_STRING_EMAIL' }), 'a@b.example', undefined],
    ['not an address', text({ wellKnown: 'WELL_KNOWN_STRING_EMAIL' }), 'a@', 'X must be an e-mail address.'],
    ['an IP', text({ wellKnown: 'WELL_KNOWN_STRING_IPV6' }), '::1', undefined],
    ['not a UUID', text({ wellKnown: 'WELL_KNOWN_STRING_UUID' }), 'x', 'X must be a UUID.'],
    ['an option', field({ stringField: { options: [{ name: 'a', value: 'a' }] } }), 'b', 'X must be one of a.'],
    ['a number as text', whole({}), '3', 'X must be a whole number.'],
    ['a fraction', whole({}), 1.5, 'X must be a whole number.'],
    ['under its least', whole({ gte: '1', lte: '10' }), -1, 'X must be at least 1.'],
    ['over its most', whole({ gte: '1', lte: '10' }), 11, 'X must be at most 10.'],
    ['zero counts as not given', whole({ gte: '1', lte: '10' }), 0, undefined],
    ['zero, but to be judged', whole({ gte: '1', validateEmpty: true }), 0, 'X must be at least 1.'],
    ['text for a switch', field({ boolField: {} }), 'yes', 'X must be true or false.'],
    [
      'a list that repeats',
      field({ stringSliceField: { rules: { unique: true } } }),
      ['a', 'a'],
      'X must not name an item twice.',
    ],
    [
      'a list with a bad item',
      field({ stringSliceField: { rules: { itemRules: { prefix: 'a' } } } }),
      ['a', 'b'],
      'X has an item that must begin with "a".',
    ],
    [
      'a kind that nobody here can check',
      field({ resourceIdField: {} }),
      'a',
      'X is of a kind that this release cannot take.',
    ],
  ];

  it.each(cases)('%s', (_name, declared, value, title) => {
    expect(checkField(declared, value)?.title).toBe(title);
  });

  it('never repeats the value, which may be a secret in the wrong field', () => {
    const problem = checkField(text({ wellKnown: 'WELL_KNOWN_STRING_URI' }), 'rl_user_topsecret');
    expect(JSON.stringify(problem)).not.toContain('topsecret');
  });
});

describe('checkConfiguration', () => {
  const declared = (kind: string, secondary: string[] = []) =>
    fromJson(config.ConfigurationSchema, {
      fields: ['a', 'b', 'c'].map((name) => ({ name, displayName: name.toUpperCase(), stringField: {} })),
      constraints: [{ kind, fieldNames: ['a', 'b'], secondaryFieldNames: secondary }],
    });

  it.each([
    ['CONSTRAINT_KIND_REQUIRED_TOGETHER', [], { a: '1' }, 'A needs B too.', 'b'],
    ['CONSTRAINT_KIND_REQUIRED_TOGETHER', [], {}, undefined, undefined],
    ['CONSTRAINT_KIND_AT_LEAST_ONE', [], { c: '1' }, 'One of A, B is needed.', 'a'],
    ['CONSTRAINT_KIND_MUTUALLY_EXCLUSIVE', [], { a: '1', b: '1' }, 'A, B exclude each other.', 'b'],
    ['CONSTRAINT_KIND_DEPENDENT_ON', ['c'], { a: '1' }, 'A needs C.', 'c'],
    ['CONSTRAINT_KIND_DEPENDENT_ON', ['c'], { a: '1', c: '1' }, undefined, undefined],
  ])('%s %j %j', (kind, secondary, values, title, name) => {
    const [problem, ...rest] = checkConfiguration(declared(kind, secondary), values as Record<string, string>);
    expect([problem?.title, problem?.field, rest]).toEqual([title, name, []]);
  });

  it.each([
    ['CONSTRAINT_KIND_MUTUALLY_EXCLUSIVE', { a: '1', b: '' }, ['a', 'b'], 'A, B exclude each other.'],
    ['CONSTRAINT_KIND_REQUIRED_TOGETHER', { a: '' }, ['a'], 'A needs B too.'],
    ['CONSTRAINT_KIND_REQUIRED_TOGETHER', { a: '', b: '' }, ['a', 'b'], undefined],
    ['CONSTRAINT_KIND_AT_LEAST_ONE', { a: '' }, ['a'], 'One of A, B is needed.'],
  ])('%s: what somebody set to nothing counts as set, %j', (kind, values, given, title) => {
    const [problem] = checkConfiguration(declared(kind), values as Record<string, string>, new Set(given));
    expect(problem?.title).toBe(title);
  });

  it('finds everything at once, and names what it does not know', () => {
    const problems = checkConfiguration(
      fromJson(config.ConfigurationSchema, {
        fields: [{ name: 'a', displayName: 'A', isRequired: true, stringField: {} }],
      }),
      { z: '1' },
    );
    expect(problems.map(({ code, field: name }) => [code, name])).toEqual([
      ['BK-CONFIG-UNKNOWN', 'z'],
      ['BK-CONFIG-REQUIRED', 'a'],
    ]);
  });
});
