import { toJson } from '@bufbuild/protobuf';
import type { DescMessage, JsonObject, JsonValue, MessageShape, Registry } from '@bufbuild/protobuf';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import type { Any } from '@bufbuild/protobuf/wkt';
import { reflect } from '@bufbuild/protobuf/reflect';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';

/**
 * Protobuf JSON that shows every field, as Go's printer does when told to emit unpopulated ones: implicit
 * defaults, empty lists, and `null` for messages that are not there. Members of a oneof and explicit presence
 * stay away.
 *
 * @throws Error on an `Any` of a type that the registry does not have
 */
export function toJsonWithNulls<D extends DescMessage>(
  schema: D,
  message: MessageShape<D>,
  registry: Registry,
): JsonValue {
  const json = toJson(schema, message, { registry, alwaysEmitImplicit: true });
  fill(reflect(schema, message), json, registry);
  return json;
}

/** Adds the nulls; `json` is what the message became. */
function fill(message: ReflectMessage, json: JsonValue | undefined, registry: Registry): void {
  if (!isObject(json)) return;
  const { typeName } = message.desc;
  if (typeName === 'google.protobuf.Any') {
    const any = message.message as Any;
    const unpacked = anyUnpack(any, registry);
    const schema = unpacked && registry.getMessage(unpacked.$typeName);
    if (schema !== undefined) fill(reflect(schema, unpacked), json, registry);
    return;
  }
  // The other well-known types have a JSON form of their own.
  if (typeName.startsWith('google.protobuf.')) return;
  for (const field of message.fields) {
    const inner = json[field.jsonName];
    if (field.fieldKind === 'message') {
      if (message.isSet(field)) fill(message.get(field), inner, registry);
      else if (field.oneof === undefined && !field.proto.proto3Optional) json[field.jsonName] = null;
    } else if (field.fieldKind === 'list' && field.listKind === 'message' && Array.isArray(inner)) {
      for (const [index, item] of [...message.get(field)].entries()) {
        fill(item as ReflectMessage, inner[index], registry);
      }
    } else if (field.fieldKind === 'map' && field.mapKind === 'message' && isObject(inner)) {
      for (const [key, item] of message.get(field)) fill(item as ReflectMessage, inner[String(key)], registry);
    }
  }
}

const isObject = (json: JsonValue | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
