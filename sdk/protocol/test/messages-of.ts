import { create, ScalarType } from '@bufbuild/protobuf';
import type { DescField, DescMessage, JsonObject, Message } from '@bufbuild/protobuf';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';
import * as fc from 'fast-check';

const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.constantFrom('', 'a'.repeat(127), 'a'.repeat(128), 'ö'.repeat(64), 'x'.repeat(20_000), '\ud800'),
);
const bytes = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 120, maxLength: 140 }));
const struct = fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false })).map((value) => value as JsonObject);

const scalars: Record<ScalarType, fc.Arbitrary<unknown>> = {
  [ScalarType.STRING]: text,
  [ScalarType.BYTES]: bytes,
  [ScalarType.BOOL]: fc.boolean(),
  [ScalarType.DOUBLE]: fc.double(),
  [ScalarType.FLOAT]: fc.float(),
  [ScalarType.INT32]: fc.oneof(fc.integer(), fc.nat(300)),
  [ScalarType.SINT32]: fc.integer(),
  [ScalarType.SFIXED32]: fc.integer(),
  [ScalarType.UINT32]: fc.oneof(fc.nat({ max: 0xff_ff_ff_ff }), fc.nat(300)),
  [ScalarType.FIXED32]: fc.nat({ max: 0xff_ff_ff_ff }),
  [ScalarType.INT64]: fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt(-300n, 2n ** 54n)),
  [ScalarType.SINT64]: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  [ScalarType.SFIXED64]: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  [ScalarType.UINT64]: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt(0n, 2n ** 54n)),
  [ScalarType.FIXED64]: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
};

/** Any messages of a type: each field there or not, unknown fields besides. */
export function messagesOf(schema: DescMessage, depth = 3): fc.Arbitrary<Message> {
  const members = Object.fromEntries(
    schema.members.map((member) => [
      member.localName,
      member.kind === 'oneof'
        ? fc.oneof(
            ...member.fields.map((field) =>
              fc.record({ case: fc.constant(field.localName), value: one(field, depth) }),
            ),
          )
        : fieldOf(member, depth),
    ]),
  );
  const unknown = fc.record({ no: fc.integer({ min: 1000, max: 2 ** 29 - 1 }), data: bytes }).map(({ no, data }) => ({
    no,
    wireType: 2,
    data: Uint8Array.from([data.length & 127, ...data.subarray(0, data.length & 127)]),
  }));
  return fc
    .tuple(fc.record(members, { requiredKeys: [] }), fc.option(fc.array(unknown, { maxLength: 2 }), { freq: 5 }))
    .map(([init, $unknown]) => {
      const message: Message = create(schema, init as Record<string, unknown>);
      if ($unknown !== null) message.$unknown = $unknown;
      return message;
    });
}

function fieldOf(field: DescField, depth: number): fc.Arbitrary<unknown> {
  // Deep inside, what could go on for ever ends.
  if (depth === 0 && field.message !== undefined)
    return fc.constant(field.fieldKind === 'list' ? [] : field.fieldKind === 'map' ? {} : undefined);
  if (field.fieldKind === 'list') return fc.array(one(field, depth), { maxLength: 3 });
  return field.fieldKind === 'map' ? fc.dictionary(text, one(field, depth), { maxKeys: 3 }) : one(field, depth);
}

/** One value of a field. */
function one(field: DescField, depth: number): fc.Arbitrary<unknown> {
  const { message } = field;
  if (message === undefined) return scalars[field.scalar ?? ScalarType.INT32];
  if (message.typeName === 'google.protobuf.Struct' && field.parent.typeName !== 'google.protobuf.Value') return struct;
  if (field.fieldKind === 'message' && field.oneof === undefined && isWrapperDesc(message))
    return scalars[message.fields[0].scalar];
  return depth === 0 ? fc.constant(create(message)) : messagesOf(message, depth - 1);
}
