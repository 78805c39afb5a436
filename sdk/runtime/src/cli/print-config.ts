import { clone, create, toJson } from '@bufbuild/protobuf';
import { config } from '@batonkit/protocol';
import type { Flag } from './flag.ts';

/**
 * The JSON of `config`: the exported default fields in their genuine order, then the connector's own;
 * two spaces, no line break at the end (protocol: runtime 1.4).
 */
export function configJson(configuration: config.Configuration, defaults: readonly Flag[]): string {
  const whole = clone(config.ConfigurationSchema, configuration);
  whole.fields = [...defaults.filter((flag) => flag.exported).map(fieldOf), ...whole.fields];
  return JSON.stringify(toJson(config.ConfigurationSchema, whole), undefined, 2);
}

function fieldOf(flag: Flag): config.Field {
  return create(config.FieldSchema, {
    name: flag.name,
    description: flag.help,
    isOps: true,
    field: kindOf(flag),
  });
}

type Kind = NonNullable<Parameters<typeof create<typeof config.FieldSchema>>[1]>['field'];

function kindOf(flag: Flag): NonNullable<Kind> {
  if (flag.type === 'bool') return { case: 'boolField', value: {} };
  if (flag.type === 'int') {
    const rules =
      flag.rules === undefined ? {} : { rules: { gte: BigInt(flag.rules.gte), lte: BigInt(flag.rules.lte) } };
    return { case: 'intField', value: { defaultValue: BigInt(Number(flag.default ?? 0)), ...rules } };
  }
  return { case: 'stringField', value: { defaultValue: String(flag.default ?? '') } };
}
