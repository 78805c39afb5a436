import type { DescField, DescMessage, MessageShape } from '@bufbuild/protobuf';

type Plain = Record<string, unknown>;

/**
 * The message with the keys of its maps in order, those inside a Struct too. What needs no change is not copied: this
 * runs once for each row of a sync.
 */
export function sortMaps<D extends DescMessage>(schema: D, message: MessageShape<D>): MessageShape<D> {
  return sortMessage(schema, message as unknown as Plain) as unknown as MessageShape<D>;
}

function sortMessage(schema: DescMessage, message: Plain): Plain {
  let sorted: Plain | undefined;
  for (const member of schema.members) {
    const value = message[member.localName];
    if (value === undefined) continue;
    const changed = member.kind === 'oneof' ? sortOneof(member.fields, value as Plain) : sortField(member, value);
    if (changed !== value) (sorted ??= { ...message })[member.localName] = changed;
  }
  return sorted ?? message;
}

function sortOneof(fields: readonly DescField[], chosen: Plain): Plain {
  const field = fields.find(({ localName }) => localName === chosen['case']);
  if (field === undefined) return chosen;
  const value = sortField(field, chosen['value']);
  return value === chosen['value'] ? chosen : { ...chosen, value };
}

function sortField(field: DescField, value: unknown): unknown {
  if (field.fieldKind === 'message') return sortOne(field.message, value);
  if (field.fieldKind === 'list' && field.listKind === 'message') {
    const items = value as unknown[];
    return items.length === 0 ? items : sortItems(items, (item) => sortOne(field.message, item));
  }
  if (field.fieldKind === 'map') {
    const inner =
      field.mapKind === 'message' ? (item: unknown) => sortOne(field.message, item) : (item: unknown) => item;
    return sortObject(value as Plain, inner);
  }
  return value;
}

function sortOne(schema: DescMessage, value: unknown): unknown {
  // In the fields of other messages, a Struct is a plain JSON object.
  if (typeof value !== 'object' || value === null) return value;
  if (!('$typeName' in value)) return sortJson(value);
  return sortMessage(schema, value as Plain);
}

function sortJson(value: unknown): unknown {
  if (Array.isArray(value)) return sortItems(value, sortJson);
  return typeof value === 'object' && value !== null ? sortObject(value as Plain, sortJson) : value;
}

function sortItems(items: unknown[], each: (item: unknown) => unknown): unknown[] {
  const sorted = items.map(each);
  return sorted.some((item, index) => item !== items[index]) ? sorted : items;
}

function sortObject(object: Plain, each: (item: unknown) => unknown): Plain {
  const keys = Object.keys(object);
  const inOrder = keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key);
  const ordered = inOrder ? keys : keys.toSorted();
  const values = ordered.map((key) => each(object[key]));
  if (inOrder && values.every((value, index) => value === object[ordered[index] ?? ''])) return object;
  return Object.fromEntries(ordered.map((key, index) => [key, values[index]]));
}
