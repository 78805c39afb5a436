import { create, fromBinary, fromJson } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { packAny, UserTraitSchema } from '../src/index.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

it('sorts a Struct that stands alone, in lists, and under keys of any name', () => {
  const bytes = (text: string) =>
    hex(packAny(StructSchema, fromJson(StructSchema, JSON.parse(text) as JsonObject)).value);
  const odd = (key: string) => bytes(`{"${key}": {"b": 1, "__proto__": 2}, "a": [{"y": 1, "x": 2}]}`);
  const same = bytes('{"a": [{"x": 2, "y": 1}], "__proto__": {"__proto__": 2, "b": 1}}');
  expect(odd('__proto__')).toBe(same);
  expect(odd('other')).not.toBe(same);
  // JavaScript would put these first, and by their numbers.
  expect(bytes('{"9": 1, "10": 2, "#": 3}')).toBe(bytes('{"#": 3, "10": 2}').concat(bytes('{"9": 1}')));
});

it('any profile: equal content, equal bytes, and nothing lost or changed', () => {
  const shuffled = (value: unknown, order: (keys: string[]) => string[]): unknown => {
    if (Array.isArray(value)) return value.map((item) => shuffled(item, order));
    if (typeof value !== 'object' || value === null) return value;
    const inner = value as JsonObject;
    return Object.fromEntries(order(Object.keys(inner)).map((key) => [key, shuffled(inner[key], order)]));
  };
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false })), (profile) => {
      const json = JSON.parse(JSON.stringify(profile)) as JsonObject;
      const one = packAny(UserTraitSchema, create(UserTraitSchema, { profile: json, login: 'l' }));
      const turned = shuffled(json, (keys) => keys.toReversed()) as JsonObject;
      const two = packAny(UserTraitSchema, create(UserTraitSchema, { profile: turned, login: 'l' }));
      expect(hex(two.value)).toBe(hex(one.value));
      expect(fromBinary(UserTraitSchema, one.value).profile).toEqual(json);
    }),
    { numRuns: 200 },
  );
});
