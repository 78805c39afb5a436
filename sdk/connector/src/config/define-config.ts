import type { ConfigValue } from '@batonkit/protocol';

interface FieldText {
  displayName: string;
  description: string;
  placeholder?: string;
  required?: boolean;
  /** Shown under Advanced settings, and marked as a field for operations in the genuine schema (`isOps`). */
  advanced?: boolean;
}

export interface StringField extends FieldText {
  kind: 'string';
  secret?: boolean;
  defaultValue?: string;
  rules?: { minLength?: number; maxLength?: number; pattern?: string; prefix?: string; uri?: boolean };
}

export interface IntField extends FieldText {
  kind: 'int';
  defaultValue?: number;
  rules?: { atLeast?: number; atMost?: number };
}

export interface BoolField extends FieldText {
  kind: 'bool';
  defaultValue?: boolean;
}

export type FieldDeclaration = StringField | IntField | BoolField;
export type FieldDeclarations = Readonly<Record<string, FieldDeclaration>>;

type Present<F> = F extends { required: true } | { defaultValue: string | number | boolean } ? never : undefined;
type ValueOf<F> = F extends { kind: 'string' } ? string : F extends { kind: 'int' } ? number : boolean;
/** The values that a connector is opened with. A field with neither a value nor a default is undefined; a boolean is false. */
export type ConfigValues<D extends FieldDeclarations> = {
  readonly [N in keyof D]: D[N] extends { kind: 'bool' } ? boolean : ValueOf<D[N]> | Present<D[N]>;
};

export interface ConfigDefinition<D extends FieldDeclarations = FieldDeclarations> {
  readonly fields: D;
  /** Takes this connector's values out of all checked ones, with defaults filled in. */
  read(values: Readonly<Record<string, ConfigValue>>): ConfigValues<D>;
}

export const stringField = <const F extends Omit<StringField, 'kind'>>(field: F): F & { kind: 'string' } => ({
  ...field,
  kind: 'string',
});
export const intField = <const F extends Omit<IntField, 'kind'>>(field: F): F & { kind: 'int' } => ({
  ...field,
  kind: 'int',
});
export const boolField = <const F extends Omit<BoolField, 'kind'>>(field: F): F & { kind: 'bool' } => ({
  ...field,
  kind: 'bool',
});

/**
 * Declares the fields of a connector, once for flag, environment (`BATON_…`), form and schema.
 *
 *     const config = defineConfig({ 'api-key': stringField({ displayName: 'API key', …, required: true, secret: true }) });
 */
export function defineConfig<const D extends FieldDeclarations>(fields: D): ConfigDefinition<D> {
  return {
    fields,
    read: (values) => {
      const read = Object.entries(fields).map(([name, field]) => {
        const value = values[name] ?? field.defaultValue ?? (field.kind === 'bool' ? false : undefined);
        return [name, value === '' ? undefined : value];
      });
      return Object.fromEntries(read) as ConfigValues<D>;
    },
  };
}

/** The environment variable of a field: `base-url` is `BATON_BASE_URL`. */
export function environmentName(field: string): string {
  return `BATON_${field.toUpperCase().replaceAll('-', '_')}`;
}
