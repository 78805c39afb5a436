import { readFileSync } from 'node:fs';
import { equals, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import type { DescMessage, JsonValue } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { completeRegistry as registry } from '../src/complete.ts';
import { toJsonWithNulls } from '../src/json-with-nulls.ts';
import { validate } from '../src/validation/validate.ts';

interface Vector {
  name: string;
  type: string;
  json: JsonValue;
  json_emit_defaults: JsonValue;
  hex: string;
  /** The verdict of the genuine validator: null is valid; absent, the type has none. */
  validate_error?: string | null;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../tests/fixtures/protocol/vectors.json', import.meta.url), 'utf8'),
) as Vector[];

const schemaOf = (type: string): DescMessage => {
  const schema = registry.getMessage(type);
  if (schema === undefined) throw new Error(`there is no ${type}`);
  return schema;
};

// The genuine SDK packs the maps of a Struct inside an Any in one arbitrary order, and writes members of a oneof
// last; any reader takes both.
const isStable = ({ name, json, type }: Vector): boolean =>
  !name.includes('oneof') && !(type === 'google.protobuf.Any' || JSON.stringify(json).includes('@type'));

it('there are all of them', () => {
  expect(vectors).toHaveLength(80);
  expect(vectors.filter(isStable).length).toBeGreaterThan(55);
});

describe.each(vectors)('$name', (vector) => {
  const schema = schemaOf(vector.type);
  const message = fromBinary(schema, Buffer.from(vector.hex, 'hex'));

  it('bytes give the JSON, with and without defaults', () => {
    expect(toJson(schema, message, { registry })).toEqual(vector.json);
    expect(toJsonWithNulls(schema, message, registry)).toEqual(vector.json_emit_defaults);
  });

  it('JSON, with and without defaults, gives the bytes', () => {
    for (const json of [vector.json, vector.json_emit_defaults]) {
      const read = fromJson(schema, json, { registry });
      const bytes = toBinary(schema, read);
      if (isStable(vector)) expect(Buffer.from(bytes).toString('hex')).toBe(vector.hex);
      // Whatever the order of the bytes: nothing is lost or added on the way there and back.
      expect(toJson(schema, fromBinary(schema, bytes), { registry })).toEqual(vector.json);
      if (isStable(vector)) expect(equals(schema, read, message)).toBe(true);
    }
  });

  it('is judged as a genuine receiver judges it', () => {
    expect(validate(schema, message) ?? null).toBe(vector.validate_error ?? null);
  });
});
