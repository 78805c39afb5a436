import type { config } from '@batonkit/protocol';
import type { Flag, FlagType } from '../cli/flag.ts';

/**
 * The flags of a connector's own fields: one declaration is flag, variable and form field at once.
 *
 * @param declared says which of them are hidden, which the schema does not know
 */
export function ownFlags(
  configuration: config.Configuration,
  declared: Readonly<Record<string, { hidden?: boolean }>> = {},
): Flag[] {
  return configuration.fields.map((field) => {
    const { type, value, choices } = typeOf(field);
    return {
      name: field.name,
      type,
      help: field.description,
      required: field.isRequired,
      secret: field.isSecret,
      ...(declared[field.name]?.hidden === true ? { hidden: true as const } : {}),
      ...(value === undefined ? {} : { default: value }),
      ...(choices === undefined ? {} : { choices }),
    };
  });
}

/** A zero value is no default: the schema cannot tell the two apart. */
function typeOf({ field }: config.Field): {
  type: FlagType;
  value?: string | number | boolean | string[];
  choices?: string[];
} {
  switch (field.case) {
    case 'intField':
      return { type: 'int', ...(field.value.defaultValue === 0n ? {} : { value: Number(field.value.defaultValue) }) };
    case 'boolField':
      return { type: 'bool', ...(field.value.defaultValue ? { value: true } : {}) };
    case 'stringSliceField':
      return { type: 'strings', ...(field.value.defaultValue.length === 0 ? {} : { value: field.value.defaultValue }) };
    case 'stringMapField':
      return { type: 'stringToString' };
    case 'stringField':
      return {
        type: 'string',
        ...(field.value.defaultValue === '' ? {} : { value: field.value.defaultValue }),
        ...(field.value.options.length === 0 ? {} : { choices: field.value.options.map(({ value }) => value) }),
      };
    default:
      return { type: 'string' };
  }
}
