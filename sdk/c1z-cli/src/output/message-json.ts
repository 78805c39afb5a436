import { toJson } from '@bufbuild/protobuf';
import type { DescMessage, JsonValue, MessageShape } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import { registry } from '@batonkit/protocol';
import { fail } from '../errors.ts';

/**
 * A message as protobuf JSON. Annotations of a type that nobody here knows are left out, as the genuine program does.
 *
 * @throws BatonError `BK-CLI-ROW` when a known annotation cannot be parsed
 */
export function messageJson<D extends DescMessage>(schema: D, message: MessageShape<D>): JsonValue {
  try {
    return toJson(schema, message, { registry });
  } catch {
    // Rare, so nobody looks for such annotations before.
  }
  try {
    return toJson(schema, withoutUnknown(message) as MessageShape<D>, { registry });
  } catch (error) {
    throw fail('BK-CLI-ROW', { type: schema.typeName }, { cause: error });
  }
}

/** A copy without the annotations whose type is unknown, at every depth. */
function withoutUnknown(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => !isUnknownAny(one)).map(withoutUnknown);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutUnknown(inner)]);
  return Object.fromEntries(entries);
}

function isUnknownAny(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { $typeName, typeUrl } = value as Partial<Any>;
  if ($typeName !== 'google.protobuf.Any' || typeUrl === undefined) return false;
  return registry.getMessage(typeUrl.slice(typeUrl.lastIndexOf('/') + 1)) === undefined;
}
