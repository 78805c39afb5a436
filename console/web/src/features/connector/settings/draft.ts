import type { Connector, FormField, SettingValue } from '@batonkit/console-contract';

/** One line of a map: a name, and what was typed beside it. */
export interface Pair {
  /** Tells the lines of one form apart, as names are typed and may be the same for a while. */
  line: number;
  name: string;
  value: string;
  /** Its value is stored; a blank one keeps it. */
  stored: boolean;
}

/** What stands in the form: texts, yes or no, and names with values. A list is one text, an item a line. */
export type DraftValue = string | boolean | readonly Pair[];
export type Draft = Readonly<Record<string, DraftValue>>;

/** What is stored, as the form shows it. Secrets are never known here; of several the names are. */
export function initialOf(fields: readonly FormField[], settings: Connector['settings']): Draft {
  return Object.fromEntries(
    fields.map((field) => {
      const setting = settings.find(({ name }) => name === field.name);
      return [field.name, initialValue(field, setting)];
    }),
  );
}

function initialValue(field: FormField, setting: Connector['settings'][number] | undefined): DraftValue {
  const value = setting?.value;
  if (field.kind === 'boolean') return (value ?? field.default ?? false) === true;
  if (field.kind === 'map') {
    if (field.secret)
      return (setting?.secret?.names ?? []).map((name, line) => ({ line, name, value: '', stored: true }));
    return Object.entries((value ?? {}) as Record<string, string>).map(([name, text], line) => ({
      line,
      name,
      value: text,
      stored: false,
    }));
  }
  if (field.secret || value === undefined) return '';
  if (typeof value === 'object') return Array.isArray(value) ? value.join('\n') : '';
  return String(value);
}

/** What is sent. A number that is none is sent as it was typed, so that the console's own rules refuse it. */
export function entered(fields: readonly FormField[], draft: Draft): Record<string, SettingValue> {
  return Object.fromEntries(fields.map((field) => [field.name, valueOf(field, draft[field.name] ?? '')]));
}

function valueOf({ kind }: FormField, value: DraftValue): SettingValue {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'object') return Object.fromEntries(value.map(({ name, value: text }) => [name, text]));
  const text = value.trim();
  if (kind === 'number' && /^-?\d+$/.test(text)) return Number(text);
  if (kind === 'map') return {};
  if (kind === 'list') {
    return text
      .split('\n')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
  return text;
}
