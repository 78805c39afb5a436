import { isFieldSet } from '@bufbuild/protobuf';
import type { DescField, DescMessage, DescOneof, Message, MessageShape } from '@bufbuild/protobuf';
import type { Duration } from '@bufbuild/protobuf/wkt';
import { brokenValue } from './broken-value.ts';
import { connectorRules } from './connector-rules.ts';
import { connectorapiRules } from './connectorapi-rules.ts';
import { otherRules } from './other-rules.ts';
import type { FieldRule, RuleTable } from './rule.ts';

const tables: readonly RuleTable[] = [connectorRules, connectorapiRules, otherRules];

/**
 * What a receiver says to a message that breaks its limits, as genuine ones answer it with InvalidArgument:
 * `invalid ResourceType.Traits[0]: value must be …`; undefined when it may pass. The first fault counts, what an
 * `Any` holds is not looked at, and the cause of a malformed e-mail address or URI is left out. The text never
 * repeats a value (protocol: messages.md 0).
 */
export function validate<D extends DescMessage>(schema: D, message: MessageShape<D>): string | undefined {
  const rules = tables.find((table) => table[schema.typeName] !== undefined)?.[schema.typeName];
  const plain = schema.fields.filter((field) => field.oneof === undefined);
  for (const field of plain.filter((one) => !one.proto.proto3Optional)) {
    const broken = checkField(field, message, rules?.fields?.[field.name]);
    if (broken !== undefined) return broken;
  }
  for (const oneof of schema.oneofs) {
    const broken = checkOneof(oneof, message, rules);
    if (broken !== undefined) return broken;
  }
  for (const field of plain.filter((one) => one.proto.proto3Optional)) {
    if (!isFieldSet(message, field)) continue;
    const broken = checkField(field, message, rules?.fields?.[field.name]);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

function checkOneof(oneof: DescOneof, message: Message, rules: RuleTable[string] | undefined): string | undefined {
  const chosen = (message as unknown as Record<string, { case?: string; value?: unknown }>)[oneof.localName];
  const field = oneof.fields.find(({ localName }) => localName === chosen?.case);
  if (field !== undefined) return checkValue(field, chosen?.value, rules?.fields?.[field.name]);
  return rules?.oneofs?.includes(oneof.name) === true ? say(oneof, 'value is required') : undefined;
}

function checkField(field: DescField, message: Message, rule: FieldRule | undefined): string | undefined {
  return checkValue(field, (message as unknown as Record<string, unknown>)[field.localName], rule);
}

function checkValue(field: DescField, value: unknown, rule: FieldRule | undefined): string | undefined {
  switch (field.fieldKind) {
    case 'list':
      return checkList(field, value as readonly unknown[], rule);
    case 'map':
      return checkMap(field, value as Readonly<Record<string, unknown>>, rule);
    case 'message':
      return checkMessage(field, field.message, value as Message | undefined, rule);
    default: {
      const broken = rule && brokenValue(rule, value, field.fieldKind === 'enum' ? field.enum : undefined);
      return broken === undefined ? undefined : say(field, broken);
    }
  }
}

function checkMessage(
  field: DescField,
  schema: DescMessage,
  value: Message | undefined,
  rule: FieldRule | undefined,
  at = '',
): string | undefined {
  if (value === undefined) return rule?.required === true ? say(field, 'value is required') : undefined;
  if (rule?.duration !== undefined) {
    const { seconds, nanos } = value as Duration;
    const total = Number(seconds) + nanos / 1e9;
    const { gte, lte } = rule.duration;
    if (total < gte || total > lte) return say(field, `value must be inside range [${gte}s, ${lte / 3600}h0m0s]`);
  }
  // The well-known types, and google.rpc, have no validators.
  if (schema.typeName.startsWith('google.')) return undefined;
  const inner = validate(schema, value);
  return inner === undefined ? undefined : say(field, `embedded message failed validation | caused by: ${inner}`, at);
}

function checkList(
  field: DescField & { fieldKind: 'list' },
  items: readonly unknown[],
  rule: FieldRule | undefined,
): string | undefined {
  const { minItems, maxItems, unique, items: each } = rule?.repeated ?? {};
  const size = brokenSize('item', minItems, maxItems, items.length);
  if (size !== undefined) return say(field, size);
  if (unique === true && new Set(items).size < items.length)
    return say(field, 'repeated value must contain unique items');
  for (const [index, item] of items.entries()) {
    const at = `[${index}]`;
    if (field.listKind === 'message') {
      const broken = checkMessage(field, field.message, item as Message, undefined, at);
      if (broken !== undefined) return broken;
    } else if (each !== undefined) {
      const broken = brokenValue(each, item, field.listKind === 'enum' ? field.enum : undefined);
      if (broken !== undefined) return say(field, broken, at);
    }
  }
  return undefined;
}

function checkMap(
  field: DescField & { fieldKind: 'map' },
  entries: Readonly<Record<string, unknown>>,
  rule: FieldRule | undefined,
): string | undefined {
  const { minPairs, maxPairs, keys, values } = rule?.map ?? {};
  const size = brokenSize('pair', minPairs, maxPairs, Object.keys(entries).length);
  if (size !== undefined) return say(field, size);
  for (const key of Object.keys(entries).toSorted()) {
    const brokenKey = keys && brokenValue(keys, key);
    if (brokenKey !== undefined) return say(field, brokenKey, '[…]');
    const value = entries[key];
    if (field.mapKind === 'message') {
      const broken = checkMessage(field, field.message, value as Message, undefined, '[…]');
      if (broken !== undefined) return broken;
    }
    const broken = values && brokenValue(values, value);
    if (broken !== undefined) return say(field, broken, '[…]');
  }
  return undefined;
}

function brokenSize(
  noun: 'item' | 'pair',
  min: number | undefined,
  max: number | undefined,
  size: number,
): string | undefined {
  if (size >= (min ?? 0) && size <= (max ?? Infinity)) return undefined;
  if (max === undefined) return `value must contain at least ${min} ${noun}(s)`;
  if (min === undefined) return `value must contain no more than ${max} ${noun}(s)`;
  return `value must contain between ${min} and ${max} ${noun}s, inclusive`;
}

function say({ parent, name }: DescField | DescOneof, reason: string, at = ''): string {
  const message = parent.typeName.slice(parent.file.proto.package.length + 1).replaceAll('.', '_');
  return `invalid ${message}.${goName(name)}${at}: ${reason}`;
}

/** As Go names a field: `sync_id` is SyncId. */
function goName(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
