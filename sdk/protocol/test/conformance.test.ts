import { readFileSync } from 'node:fs';
import { ScalarType } from '@bufbuild/protobuf';
import type { DescEnum, DescField, DescMessage, DescService } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { completeRegistry } from '../src/complete.ts';

type Row = [number: number, name: string, type: string, words: string, rules?: string];
interface Package {
  messages: Record<string, { file: string; fields: Row[]; requiredOneofs?: string[]; deprecated?: boolean }>;
  enums: Record<string, Record<string, number>>;
  services: Record<string, [path: string, input: string, output: string, kind: string][]>;
}

// Made from the descriptors of the genuine SDK; the field rows say what their columns are.
const { packages } = JSON.parse(
  readFileSync(new URL('../../../tests/fixtures/protocol/messages.json', import.meta.url), 'utf8'),
) as { packages: Record<string, Package> };

const typeName = ({ scalar, message, enum: of }: Pick<DescField, 'scalar' | 'message' | 'enum'>): string =>
  message?.typeName ?? of?.typeName ?? ScalarType[scalar ?? 0]?.toLowerCase() ?? '';

function row(field: DescField): Row {
  const type =
    field.fieldKind === 'map'
      ? `map<${ScalarType[field.mapKey]?.toLowerCase()}, ${typeName(field as unknown as DescField)}>`
      : typeName(field as unknown as DescField);
  const label =
    field.fieldKind === 'map'
      ? 'map'
      : field.fieldKind === 'list'
        ? 'repeated'
        : field.proto.proto3Optional
          ? 'optional'
          : '';
  const words = [
    label,
    field.oneof === undefined ? '' : `oneof ${field.oneof.name}`,
    field.deprecated ? 'deprecated' : '',
    field.fieldKind === 'list' && field.packed ? 'packed' : '',
  ];
  return [field.number, field.name, type, words.filter((word) => word !== '').join(', ')];
}

const kinds: Record<string, string> = {
  unary: 'unary',
  client_streaming: 'client',
  server_streaming: 'server',
  bidi_streaming: 'both',
};

describe.each(Object.entries(packages))('%s', (name, { messages, enums, services }) => {
  const mine = [...completeRegistry].filter(({ typeName: full }) => full.startsWith(`${name}.`));

  it('has every message with every field', () => {
    const ours = mine.filter((one): one is DescMessage => one.kind === 'message');
    expect(ours.map((one) => one.typeName).toSorted()).toEqual(Object.keys(messages).toSorted());
    for (const message of ours) {
      const theirs = messages[message.typeName];
      expect(message.file.proto.name).toBe(theirs?.file);
      expect([message.typeName, ...message.fields.map(row)]).toEqual([
        message.typeName,
        ...(theirs?.fields.map((one) => one.slice(0, 4)) ?? []),
      ]);
      expect(message.deprecated).toBe(theirs?.deprecated ?? false);
      // None of them names its own JSON form.
      for (const field of message.fields) {
        expect(field.jsonName).toBe(field.name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()));
      }
    }
  });

  it('has every enum with every value', () => {
    const ours = mine.filter((one): one is DescEnum => one.kind === 'enum');
    const values = (one: DescEnum) => Object.fromEntries(one.values.map((value) => [value.name, value.number]));
    expect(Object.fromEntries(ours.map((one) => [one.typeName, values(one)]))).toEqual(enums);
  });

  it('has every service with every method', () => {
    const ours = mine.filter((one): one is DescService => one.kind === 'service');
    expect(
      Object.fromEntries(
        ours.map((service) => [
          service.typeName,
          service.methods.map(({ name: method, input, output, methodKind }) => [
            `/${service.typeName}/${method}`,
            input.typeName,
            output.typeName,
            kinds[methodKind],
          ]),
        ]),
      ),
    ).toEqual(services);
  });
});
