import { ScalarType } from '@bufbuild/protobuf';
import type { DescField, DescMessage, JsonObject, MessageShape } from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';
import { Edition, FeatureSet_FieldPresence, isWrapperDesc } from '@bufbuild/protobuf/wkt';
import type { ByteWriter } from './byte-writer.ts';
import { encodeStruct } from './encode-struct.ts';
import { scalarEncoder } from './scalar-encoder.ts';

/** Writes the fields of a message, or what a field holds. */
type Encode<T = unknown> = (writer: ByteWriter, value: T) => void;

type Fields = Readonly<Record<string, unknown>> & {
  readonly $typeName: string;
  readonly $unknown?: readonly { no: number; wireType: number; data: Uint8Array }[];
};

interface FieldEncoder {
  /** Of the property: of a member of a oneof that of the oneof. */
  name: string;
  /** What is left out; undefined is no value. */
  zero: unknown;
  encode: Encode;
}

/** Left out is nothing. */
const NOTHING = Symbol('nothing');

/** The keys of a map, in the order in which they are written. */
type KeyOrder = (map: object) => string[];

const made = new WeakMap<KeyOrder, Map<DescMessage, Encode<Fields>>>();

/**
 * What writes messages of a type, without their length: the bytes of `toBinary` (tested), but into memory that is there,
 * and with the keys of maps in an order, if one is given. For what is encoded once for each row of a sync.
 */
export function encoderOf<D extends DescMessage>(schema: D, keys: KeyOrder = Object.keys): Encode<MessageShape<D>> {
  return messageEncoder(schema, keys) as unknown as Encode<MessageShape<D>>;
}

function messageEncoder(schema: DescMessage, keys: KeyOrder): Encode<Fields> {
  let known = made.get(keys);
  if (known === undefined) made.set(keys, (known = new Map()));
  const encoder = known.get(schema);
  if (encoder !== undefined) return encoder;
  const { typeName } = schema;
  // The defaults of older syntax stand on the prototype, and are no values.
  const hasDefaults = schema.file.edition !== Edition.EDITION_PROTO3;
  const fields: FieldEncoder[] = [];
  const encode: Encode<Fields> = (writer, message) => {
    if (message.$typeName !== typeName) throw new TypeError(`a ${message.$typeName} is no ${typeName}`);
    for (const field of fields) {
      const value = hasDefaults && !Object.hasOwn(message, field.name) ? undefined : message[field.name];
      if (value !== field.zero) field.encode(writer, value);
    }
    if (message.$unknown === undefined) return;
    for (const { no, wireType, data } of message.$unknown) {
      writer.varint(tagOf(no, wireType));
      writer.raw(data);
    }
  };
  // Before its fields, as a message may hold others of its type.
  known.set(schema, encode);
  for (const field of schema.fields.toSorted((a, b) => a.number - b.number)) fields.push(fieldEncoder(field, keys));
  return encode;
}

function fieldEncoder(field: DescField, keys: KeyOrder): FieldEncoder {
  const { localName: name } = field;
  if (field.fieldKind === 'list') return { name, zero: undefined, encode: listEncoder(field, keys) };
  if (field.fieldKind === 'map') return { name, zero: undefined, encode: mapEncoder(field, keys) };
  const encode = valueEncoder(field, field.number, keys);
  if (field.oneof !== undefined) {
    const encodeIfChosen: Encode = (writer, oneof) => {
      const chosen = oneof as { case?: string; value?: unknown };
      if (chosen.case === name) encode(writer, chosen.value);
    };
    return { name: field.oneof.localName, zero: undefined, encode: encodeIfChosen };
  }
  if (field.presence === FeatureSet_FieldPresence.LEGACY_REQUIRED) {
    const encodeOrRefuse: Encode = (writer, value) => {
      if (value === undefined) throw new TypeError(`${field.toString()} is not set`);
      encode(writer, value);
    };
    return { name, zero: NOTHING, encode: encodeOrRefuse };
  }
  if (field.presence === FeatureSet_FieldPresence.EXPLICIT) return { name, zero: undefined, encode };
  const { zero, isZero } = scalarEncoder(scalarOf(field));
  if (isZero === undefined) return { name, zero, encode };
  const encodeUnlessZero: Encode = (writer, value) => {
    if (!isZero(value)) encode(writer, value);
  };
  return { name, zero, encode: encodeUnlessZero };
}

function listEncoder(field: DescField & { fieldKind: 'list' }, keys: KeyOrder): Encode {
  const { number } = field;
  if (!field.packed) {
    const encode = valueEncoder(field, number, keys);
    return (writer, list) => {
      for (const item of list as readonly unknown[]) encode(writer, item);
    };
  }
  const tag = tagOf(number, WireType.LengthDelimited);
  const { encode } = scalarEncoder(scalarOf(field));
  return (writer, list) => {
    const items = list as readonly unknown[];
    if (items.length === 0) return;
    writer.varint(tag);
    const start = writer.open();
    for (const item of items) encode(writer, item);
    writer.close(start);
  };
}

function mapEncoder(field: DescField & { fieldKind: 'map' }, keys: KeyOrder): Encode {
  if (field.mapKey !== ScalarType.STRING) return refuse(field, 'a map whose keys are no texts');
  const tag = tagOf(field.number, WireType.LengthDelimited);
  const keyTag = tagOf(1, WireType.LengthDelimited);
  const encode = valueEncoder(field, 2, keys);
  return (writer, map) => {
    const values = map as Readonly<Record<string, unknown>>;
    for (const key of keys(values)) {
      writer.varint(tag);
      const start = writer.open();
      writer.varint(keyTag);
      writer.text(key);
      encode(writer, values[key]);
      writer.close(start);
    }
  };
}

/** Of one value, with its tag. */
function valueEncoder(field: DescField, number: number, keys: KeyOrder): Encode {
  if (field.message === undefined) {
    const { wireType, encode } = scalarEncoder(scalarOf(field));
    const tag = tagOf(number, wireType);
    return (writer, value) => {
      writer.varint(tag);
      encode(writer, value);
    };
  }
  if (field.fieldKind !== 'map' && field.delimitedEncoding) return refuse(field, 'a group');
  const tag = tagOf(number, WireType.LengthDelimited);
  const encode = contentEncoder(field, field.message, keys);
  return (writer, value) => {
    writer.varint(tag);
    const start = writer.open();
    encode(writer, value);
    writer.close(start);
  };
}

/** Of what a field holds for a message: a few types are kept in another form there. */
function contentEncoder(field: DescField, schema: DescMessage, keys: KeyOrder): Encode {
  if (schema.typeName === 'google.protobuf.Struct' && field.parent.typeName !== 'google.protobuf.Value')
    return (writer, value) => encodeStruct(writer, value as JsonObject, keys);
  const encode = messageEncoder(schema, keys) as Encode;
  if (field.fieldKind !== 'message' || field.oneof !== undefined || !isWrapperDesc(schema)) return encode;
  const { typeName: $typeName } = schema;
  const { localName } = schema.fields[0];
  return (writer, value) => encode(writer, { $typeName, [localName]: value });
}

/** What no message of the Baton world has. */
function refuse(field: DescField, what: string): Encode {
  return () => {
    throw new TypeError(`${field.toString()} is ${what}`);
  };
}

function scalarOf({ scalar }: DescField): ScalarType {
  return scalar ?? ScalarType.INT32;
}

function tagOf(number: number, wireType: WireType): number {
  return ((number << 3) | wireType) >>> 0;
}
