import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { GrantImmutableSchema, packAny } from '@batonkit/protocol';
import { AnySchema } from '@bufbuild/protobuf/wkt';

/** An entitlement from which somebody holds a grant, and whether directly. */
export type Sources = Map<string, boolean>;

// Fields of c1.connector.v2.Grant.
const PRINCIPAL = 2;
const SOURCES = 5;

const immutable = toBinary(AnySchema, packAny(GrantImmutableSchema, create(GrantImmutableSchema)));

/** The grant that an expansion makes, byte for byte as the genuine SDK stores it (protocol: c1z.md 5). */
export function newGrant(entitlement: Uint8Array, principal: Uint8Array, id: string, sources: Sources): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).bytes(entitlement);
  writer.tag(PRINCIPAL, WireType.LengthDelimited).bytes(principal);
  writer.tag(3, WireType.LengthDelimited).string(id);
  writer.tag(4, WireType.LengthDelimited).bytes(immutable);
  return writeSources(writer, sources).finish();
}

/** A grant that was read, with the sources that it has besides. */
export function withSources(grant: Uint8Array, entitlementId: string, more: Sources): Uint8Array {
  const sources = readSources(grant);
  if (sources.size === 0) sources.set(entitlementId, true);
  for (const [id, isDirect] of more) sources.set(id, isDirect || sources.get(id) === true);
  const writer = new BinaryWriter();
  for (const { number, raw } of fieldsOf(grant)) if (number !== SOURCES) writer.raw(raw);
  return writeSources(writer, sources).finish();
}

/** Whether the principal holds the grant itself, and not through something else alone. */
export function isDirect(grant: Uint8Array, entitlementId: string): boolean {
  const sources = readSources(grant);
  return sources.size === 0 || sources.has(entitlementId);
}

/** The principal in a stored grant; undefined when it was left out. */
export function principalOf(grant: Uint8Array): Uint8Array | undefined {
  const found = [...fieldsOf(grant)].find(({ number }) => number === PRINCIPAL);
  return found?.bytes;
}

function readSources(grant: Uint8Array): Sources {
  const sources: Sources = new Map();
  for (const { number, bytes } of fieldsOf(grant)) {
    if (number !== SOURCES || bytes === undefined) continue;
    for (const { bytes: entry } of fieldsOf(bytes)) {
      if (entry === undefined) continue;
      let key = '';
      let direct = false;
      for (const field of fieldsOf(entry)) {
        if (field.number === 1 && field.bytes !== undefined) key = Buffer.from(field.bytes).toString();
        if (field.number === 2 && field.bytes !== undefined) direct = isTrue(field.bytes);
      }
      sources.set(key, direct);
    }
  }
  return sources;
}

function isTrue(source: Uint8Array): boolean {
  const reader = new BinaryReader(source);
  let value = false;
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === 1 && type === WireType.Varint) value = reader.bool();
    else reader.skip(type, number);
  }
  return value;
}

/** In the order of their bytes, so that the same grants are the same bytes. */
function writeSources(writer: BinaryWriter, sources: Sources): BinaryWriter {
  const sorted = [...sources].map(([id, direct]) => ({ key: Buffer.from(id), direct }));
  sorted.sort((a, b) => Buffer.compare(a.key, b.key));
  writer.tag(SOURCES, WireType.LengthDelimited).fork();
  for (const { key, direct } of sorted) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).bytes(key);
    writer.tag(2, WireType.LengthDelimited).bytes(direct ? Uint8Array.of(8, 1) : new Uint8Array());
    writer.join();
  }
  return writer.join();
}

interface Field {
  number: number;
  /** With its tag. */
  raw: Uint8Array;
  /** Of a field with a length. */
  bytes: Uint8Array | undefined;
}

function* fieldsOf(message: Uint8Array): Generator<Field> {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, type] = reader.tag();
    const bytes = type === WireType.LengthDelimited ? reader.bytes() : undefined;
    if (bytes === undefined) reader.skip(type, number);
    yield { number, raw: message.subarray(start, reader.pos), bytes };
  }
}
