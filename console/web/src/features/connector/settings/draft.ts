import type { Connector, FormField } from '@batonkit/console-contract';

/** What stands in the form: texts, and yes or no. */
export type Draft = Readonly<Record<string, string | boolean>>;

type Value = string | number | boolean | string[];

/** What is stored, as the form shows it. Secrets are never known here. */
export function initialOf(fields: readonly FormField[], settings: Connector['settings']): Draft {
  return Object.fromEntries(
    fields.map((field) => {
      const value = settings.find(({ name }) => name === field.name)?.value;
      if (field.kind === 'boolean') return [field.name, (value ?? field.default ?? false) === true];
      return [
        field.name,
        field.secret || value === undefined ? '' : Array.isArray(value) ? value.join(', ') : String(value),
      ];
    }),
  );
}

/** What is sent. A number that is none is sent as it was typed, so that the console's own rules refuse it. */
export function entered(fields: readonly FormField[], draft: Draft): Record<string, Value> {
  return Object.fromEntries(fields.map((field) => [field.name, valueOf(field, draft[field.name] ?? '')]));
}

function valueOf({ kind }: FormField, value: string | boolean): Value {
  if (typeof value === 'boolean') return value;
  const text = value.trim();
  if (kind === 'number' && /^-?\d+$/.test(text)) return Number(text);
  if (kind === 'list') {
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
  return text;
}
