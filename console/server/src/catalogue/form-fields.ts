import type { FormField } from '@batonkit/console-contract';
import { config } from '@batonkit/protocol';
import { stampedFields } from '../settings/stamp-exceptions.ts';

/**
 * The form of a connector, from its own declaration. Fields that its runtime adds to every connector
 * (log level, health check) are for operators and carry no label; they are not part of the form.
 */
export function formFields(configuration: config.Configuration): FormField[] {
  const stamped = stampedFields(configuration);
  return ownFields(configuration)
    .filter(({ name }) => !stamped.includes(name))
    .map((field) => ({
      name: field.name,
      label: field.displayName === '' ? field.name : field.displayName,
      description: field.description,
      placeholder: field.placeholder,
      kind: kindOf(field),
      required: field.isRequired,
      secret: field.isSecret,
      advanced: field.isOps,
      ...choicesOf(field),
      ...defaultOf(field),
    }));
}

/** The fields that the connector's author declared and that a form can show. */
export function ownFields(configuration: config.Configuration): config.Field[] {
  return configuration.fields.filter(
    (field) => !(field.isOps && field.displayName === '') && SHOWN.has(field.field.case ?? ''),
  );
}

const SHOWN = new Set(['stringField', 'intField', 'boolField', 'stringSliceField', 'stringMapField']);

function kindOf({ field }: config.Field): FormField['kind'] {
  if (field.case === 'intField') return 'number';
  if (field.case === 'boolField') return 'boolean';
  if (field.case === 'stringMapField') return 'map';
  return field.case === 'stringSliceField' ? 'list' : 'text';
}

function choicesOf({ field }: config.Field): Pick<FormField, 'choices'> {
  const choices =
    field.case === 'stringField'
      ? field.value.options.map(({ value }) => value)
      : field.case === 'stringSliceField'
        ? (field.value.rules?.itemRules?.in ?? [])
        : [];
  return choices.length === 0 ? {} : { choices: [...choices] };
}

function defaultOf({ field, isSecret }: config.Field): Pick<FormField, 'default'> {
  if (isSecret) return {};
  switch (field.case) {
    case 'stringField':
      return field.value.defaultValue === '' ? {} : { default: field.value.defaultValue };
    case 'intField':
      return field.value.defaultValue === 0n ? {} : { default: Number(field.value.defaultValue) };
    case 'boolField':
      return { default: field.value.defaultValue };
    case 'stringSliceField':
      return field.value.defaultValue.length === 0 ? {} : { default: field.value.defaultValue };
    default:
      return {};
  }
}
