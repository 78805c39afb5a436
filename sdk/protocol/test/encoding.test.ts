import { create, createFileRegistry, toBinary } from '@bufbuild/protobuf';
import type { DescMessage } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import type { Any } from '@bufbuild/protobuf/wkt';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeRegistry } from '../src/complete.ts';
import {
  ByteWriter,
  encoderOf,
  GrantSchema,
  packAny,
  RawIdSchema,
  ResourceSchema,
  UserTraitSchema,
} from '../src/index.ts';
import type { UserTrait } from '../src/index.ts';
import { messagesOf } from './messages-of.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Some messages cannot be written: a field is required. */
const orError = (write: () => string): string => {
  try {
    return write();
  } catch {
    return 'an error';
  }
};

/** What stands in it. */
class Written extends ByteWriter {
  hex(): string {
    return hex(this.buffer.subarray(0, this.used));
  }
}

const types = [...completeRegistry].filter((type) => type.kind === 'message');

describe('an encoder', () => {
  it.each(types)('has the bytes of the generated code: $typeName', (type) => {
    fc.assert(
      fc.property(fc.array(messagesOf(type), { minLength: 1, maxLength: 3 }), (messages) => {
        const written = (): string => {
          const writer = new Written(1);
          for (const message of messages) encoderOf(type)(writer, message);
          return writer.hex();
        };
        const generated = orError(() => messages.map((message) => hex(toBinary(type, message))).join(''));
        expect(orError(written)).toBe(generated);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses what the generated code refuses', () => {
    const writer = new ByteWriter(16);
    const foreign = create(GrantSchema, { id: 'g', principal: create(ResourceSchema) });
    foreign.principal = create(RawIdSchema) as never;
    expect(() => toBinary(GrantSchema, foreign)).toThrow();
    expect(() => encoderOf(GrantSchema)(writer, foreign)).toThrow(
      'a c1.connector.v2.RawId is no c1.connector.v2.Resource',
    );
    for (const creationSource of [2 ** 31, -(2 ** 31) - 1, 0.5]) {
      const outOfRange = create(ResourceSchema, { creationSource: creationSource as 1 });
      expect(() => toBinary(ResourceSchema, outOfRange)).toThrow();
      expect(() => encoderOf(ResourceSchema)(writer, outOfRange)).toThrow();
    }
  });

  it('refuses the kinds of fields that no message of ours has', () => {
    const { REPEATED } = FieldDescriptorProto_Label;
    const { GROUP, MESSAGE, INT32 } = FieldDescriptorProto_Type;
    const file = create(FileDescriptorProtoSchema, {
      name: 'odd.proto',
      messageType: [
        {
          name: 'Odd',
          field: [
            { name: 'group', number: 1, type: GROUP, typeName: '.Odd.Group', label: REPEATED },
            { name: 'map', number: 2, type: MESSAGE, typeName: '.Odd.MapEntry', label: REPEATED },
          ],
          nestedType: [
            { name: 'Group' },
            {
              name: 'MapEntry',
              options: { mapEntry: true },
              field: [
                { name: 'key', number: 1, type: INT32, label: FieldDescriptorProto_Label.OPTIONAL },
                { name: 'value', number: 2, type: INT32, label: FieldDescriptorProto_Label.OPTIONAL },
              ],
            },
          ],
        },
      ],
    });
    const odd = createFileRegistry(file, () => undefined).getMessage('Odd') as DescMessage;
    const encode = (init: Record<string, unknown>): void => encoderOf(odd)(new ByteWriter(16), create(odd, init));
    expect(() => encode({ group: [{}] })).toThrow('is a group');
    expect(() => encode({ map: { 1: 2 } })).toThrow('is a map whose keys are no texts');
  });
});

describe('packed messages', () => {
  it('stay what they were while others are packed, large ones and ones that cannot be', () => {
    const broken = create(UserTraitSchema, { login: 'x'.repeat(500), accountType: (2 ** 31) as 1 });
    const length = fc.oneof(fc.nat(300), fc.nat(9000), fc.constant(undefined));
    fc.assert(
      fc.property(fc.array(length, { maxLength: 60 }), (lengths) => {
        const users: UserTrait[] = [];
        const packed: Any[] = [];
        for (const [index, size] of lengths.entries()) {
          if (size === undefined) {
            expect(() => packAny(UserTraitSchema, broken)).toThrow();
            continue;
          }
          const user = create(UserTraitSchema, {
            login: `${index}`.padEnd(size),
            emails: [{ address: 'a@b.example' }],
          });
          users.push(user);
          packed.push(packAny(UserTraitSchema, user));
        }
        expect(packed.map(({ value }) => hex(value))).toEqual(
          users.map((user) => hex(toBinary(UserTraitSchema, user))),
        );
      }),
    );
  });

  it('do not keep more memory than a few of them need', () => {
    const large = packAny(RawIdSchema, create(RawIdSchema, { id: 'x'.repeat(100_000) }));
    const small = packAny(RawIdSchema, create(RawIdSchema, { id: 'x' }));
    expect(large.value.length).toBeGreaterThan(100_000);
    expect(small.value.buffer.byteLength).toBeLessThan(10_000);
  });
});

it('writes a value of a profile that plain JavaScript left undefined as the generated code does', () => {
  const resource = create(ResourceSchema, { profile: { left: undefined, login: 'x' } as never });
  const writer = new Written(1);
  encoderOf(ResourceSchema)(writer, resource);
  expect(writer.hex()).toBe(hex(toBinary(ResourceSchema, resource)));
});
