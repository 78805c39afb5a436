import type { AnyConfigValue } from '@batonkit/protocol';

interface FieldText {
  displayName: string;
  description: string;
  placeholder?: string;
  required?: boolean;
  /** Shown under Advanced settings, and marked as a field for operations in the genuine schema (`isOps`). */
  advanced?: boolean;
  /** Only a flag, a variable and a setting of the file: in no form, no schema and no help text. */
  hidden?: boolean;
}

export interface StringField extends FieldText {
  kind: 'string';
  secret?: boolean;
  defaultValue?: string;
  /** What forms offer; a program does not take it by itself. */
  suggestedValue?: string;
  /** The only values there are; forms offer them. */
  choices?: readonly string[];
  rules?: {
    minLength?: number;
    maxLength?: number;
    pattern?: string;
    prefix?: string;
    uri?: boolean;
    email?: boolean;
    /** As `choices`, in the schema as a rule. */
    oneOf?: readonly string[];
  };
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

/** A list of texts: the flag again and again, or one CSV line; a list in YAML. */
export interface SliceField extends FieldText {
  kind: 'slice';
  defaultValue?: readonly string[];
  rules?: { minItems?: number; maxItems?: number; unique?: boolean; choices?: readonly string[] };
}

/** Texts by name: `--headers a=1,b=2`, a JSON object in the environment, a map in YAML. Values may be secret, names are not. */
export interface MapField extends FieldText {
  kind: 'map';
  secret?: boolean;
}

export type FieldDeclaration = StringField | IntField | BoolField | SliceField | MapField;
export type FieldDeclarations = Readonly<Record<string, FieldDeclaration>>;

/** A rule between fields, by their names. */
export type FieldConstraint =
  | { kind: 'together' | 'at-least-one' | 'exclusive'; fields: readonly string[] }
  | { kind: 'needs'; fields: readonly string[]; needs: readonly string[] };

type Present<F> = F extends { required: true } | { defaultValue: string | number | boolean | readonly string[] }
  ? never
  : undefined;
interface ValueByKind {
  string: string;
  int: number;
  bool: boolean;
  slice: readonly string[];
  map: Readonly<Record<string, string>>;
}
type ValueOf<F> = F extends { kind: 'string'; choices: readonly (infer C)[] }
  ? C
  : F extends { kind: infer K extends keyof ValueByKind }
    ? ValueByKind[K]
    : never;
/** The values that a connector is opened with. A field with neither a value nor a default is undefined; a boolean is false. */
export type ConfigValues<D extends FieldDeclarations> = {
  readonly [N in keyof D]: D[N] extends { kind: 'bool' } ? boolean : ValueOf<D[N]> | Present<D[N]>;
};

export interface ConfigDefinition<D extends FieldDeclarations = FieldDeclarations> {
  readonly fields: D;
  readonly constraints: readonly FieldConstraint[];
  /** Takes this connector's values out of all checked ones, with defaults filled in. */
  read(values: Readonly<Record<string, AnyConfigValue>>): ConfigValues<D>;
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
export const sliceField = <const F extends Omit<SliceField, 'kind'>>(field: F): F & { kind: 'slice' } => ({
  ...field,
  kind: 'slice',
});
export const mapField = <const F extends Omit<MapField, 'kind'>>(field: F): F & { kind: 'map' } => ({
  ...field,
  kind: 'map',
});

/**
 * Declares the fields of a connector, once for flag, environment (`BATON_…`), form and schema.
 *
 *     const config = defineConfig({ 'api-key': stringField({ displayName: 'API key', …, required: true, secret: true }) });
 */
export function defineConfig<const D extends FieldDeclarations>(
  fields: D,
  constraints: readonly FieldConstraint[] = [],
): ConfigDefinition<D> {
  return {
    fields,
    constraints,
    read: (values) => {
      const read = Object.entries(fields).map(([name, field]) => {
        const value = values[name] ?? defaultOf(field) ?? (field.kind === 'bool' ? false : undefined);
        return [name, isNothing(value) ? undefined : value];
      });
      return Object.fromEntries(read) as ConfigValues<D>;
    },
  };
}

const defaultOf = (field: FieldDeclaration) => (field.kind === 'map' ? undefined : field.defaultValue);

function isNothing(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

/** The environment variable of a field: `base-url` is `BATON_BASE_URL`. */
export function environmentName(field: string): string {
  return `BATON_${field.toUpperCase().replaceAll('-', '_')}`;
}
