import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { ByteWriter } from './byte-writer.ts';

// google.protobuf.Struct, Value and ListValue of a JSON object: field 1 of a Struct is a map of texts and Values, and
// field 1 of a ListValue its Values; those of a Value are, in this order, null, number, text, boolean, Struct, ListValue.
const LENGTH = 2;
const tag = (field: number, wireType: number): number => (field << 3) | wireType;

/** Writes a `google.protobuf.Struct` that is kept as a JSON object. */
export function encodeStruct(writer: ByteWriter, json: JsonObject, keys: (map: object) => string[]): void {
  for (const key of keys(json)) {
    writer.varint(tag(1, LENGTH));
    const entry = writer.open();
    writer.varint(tag(1, LENGTH));
    writer.text(key);
    writer.varint(tag(2, LENGTH));
    encodeValue(writer, json[key], keys);
    writer.close(entry);
  }
}

/** With its length. */
function encodeValue(writer: ByteWriter, value: JsonValue | undefined, keys: (map: object) => string[]): void {
  const start = writer.open();
  if (typeof value === 'string') {
    writer.varint(tag(3, LENGTH));
    writer.text(value);
  } else if (typeof value === 'boolean') {
    writer.varint(tag(4, 0));
    writer.varint(value ? 1 : 0);
  } else if (typeof value === 'number') {
    writer.varint(tag(2, 1));
    writer.double(value);
  } else if (value === null) {
    writer.varint(tag(1, 0));
    writer.varint(0);
  } else if (value === undefined) {
    // Not JSON, and plain JavaScript gives it: a Value without any kind, as the generated code writes.
  } else if (Array.isArray(value)) {
    writer.varint(tag(6, LENGTH));
    const list = writer.open();
    for (const item of value) {
      writer.varint(tag(1, LENGTH));
      encodeValue(writer, item, keys);
    }
    writer.close(list);
  } else {
    writer.varint(tag(5, LENGTH));
    const struct = writer.open();
    encodeStruct(writer, value, keys);
    writer.close(struct);
  }
  writer.close(start);
}
