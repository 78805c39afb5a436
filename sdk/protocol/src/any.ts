import { create, createRegistry, fromBinary } from '@bufbuild/protobuf';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { AnySchema, StructSchema, TimestampSchema, DurationSchema } from '@bufbuild/protobuf/wkt';
import type { Any } from '@bufbuild/protobuf/wkt';
import * as config from './config.ts';
import { encoderOf } from './encoding/encoder-of.ts';
import { PieceWriter } from './encoding/piece-writer.ts';
import { filesOf } from './files-of.ts';
import * as messages from './messages.ts';

const PREFIX = 'type.googleapis.com/';

/**
 * Every type that may stand in an `Any` of a row or an answer: for protobuf JSON. Those of other packages
 * are in `@batonkit/protocol/complete`.
 */
export const registry = createRegistry(
  ...filesOf(messages),
  ...filesOf(config),
  StructSchema,
  TimestampSchema,
  DurationSchema,
  AnySchema,
);

const writer = new PieceWriter();

/**
 * Packs a message. Maps, those of a Struct too, are written in the order of their keys: the genuine SDK packs them in
 * random order, so that two equal syncs differ in bytes (protocol: messages.md 2); ours do not.
 */
export function packAny<D extends DescMessage>(schema: D, message: MessageShape<D>): Any {
  writer.begin();
  encoderOf(schema, keysInOrder)(writer, message);
  return create(AnySchema, { typeUrl: PREFIX + schema.typeName, value: writer.take() });
}

function keysInOrder(map: object): string[] {
  const keys = Object.keys(map);
  // Mostly they are already, and sorting is dear.
  return keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key) ? keys : keys.sort();
}

/** The first annotation of that type, by full name; undefined when there is none. Throws on bytes that are not one. */
export function findAny<D extends DescMessage>(annotations: readonly Any[], schema: D): MessageShape<D> | undefined {
  const found = annotations.find((any) => isAny(any, schema));
  return found === undefined ? undefined : fromBinary(schema, found.value);
}

/** All annotations of that type. */
export function filterAny<D extends DescMessage>(annotations: readonly Any[], schema: D): MessageShape<D>[] {
  return annotations.filter((any) => isAny(any, schema)).map((any) => fromBinary(schema, any.value));
}

/** Whether an annotation is of that type. */
export function isAny({ typeUrl }: Any, { typeName }: DescMessage): boolean {
  return typeUrl.endsWith(typeName) && (typeUrl === typeName || typeUrl.at(-typeName.length - 1) === '/');
}
