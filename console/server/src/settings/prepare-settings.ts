import type { ErrorReport } from '@batonkit/kernel';
import { checkConfiguration, config, type ConfigValue } from '@batonkit/protocol';
import { ownFields } from '../catalogue/form-fields.ts';
import { fail } from '../errors.ts';
import { FieldProblems } from '../http/problem.ts';
import { checkAddress } from './check-address.ts';

export interface StoredSettings {
  values: Record<string, ConfigValue>;
  /** In the clear, for checking only. */
  secrets: Record<string, string>;
}

export interface PreparedSettings {
  /** All values that are not secret, as they are to be stored. */
  values: Record<string, ConfigValue>;
  /** Only the secrets that were entered now. */
  secrets: Record<string, string>;
  /** Names of the fields that differ from what was stored, for the audit. */
  changed: string[];
}

/**
 * Judges what was entered, together with what is stored. Blank clears a value, but a blank secret keeps
 * the stored one; a field that was not sent stays as it is. The rules are those of the connector's own
 * declaration, checked by the function that its program uses as well.
 *
 * @throws FieldProblems with all findings; nothing is to be saved then
 */
export function prepareSettings(
  configuration: config.Configuration,
  stored: StoredSettings,
  entered: Record<string, ConfigValue>,
  allowedOrigins: ReadonlySet<string>,
): PreparedSettings {
  const fields = ownFields(configuration);
  const problems: ErrorReport[] = [];
  const values = { ...stored.values };
  const secrets: Record<string, string> = {};
  const unknown: Record<string, ConfigValue> = {};
  for (const [name, raw] of Object.entries(entered)) {
    const field = fields.find((each) => each.name === name);
    const value = trimmed(raw);
    if (field === undefined) unknown[name] = value;
    else if (value !== '' && !isOfKind(field, value)) problems.push(kindProblem(field));
    else if (field.isSecret) {
      if (value !== '') secrets[name] = value as string;
    } else if (value === '') delete values[name];
    else values[name] = value;
  }
  const all = { ...values, ...stored.secrets, ...secrets, ...unknown };
  const judged = new Set(problems.map(({ field }) => field));
  problems.push(...checkConfiguration({ ...configuration, fields }, all).filter(({ field }) => !judged.has(field)));
  problems.push(...addressProblems(fields, values, allowedOrigins));
  if (problems.length === 0) problems.push(...secretsAgain(fields, stored, values, secrets));
  if (problems.length > 0) throw new FieldProblems(problems);
  return { values, secrets, changed: changedFields(fields, stored, values, secrets) };
}

/** Labels of the required fields that have no value yet, in the form's order. */
export function missingLabels(
  configuration: config.Configuration,
  values: Record<string, ConfigValue>,
  storedSecrets: ReadonlySet<string>,
): string[] {
  return ownFields(configuration)
    .filter((field) => field.isRequired && !(field.isSecret ? storedSecrets.has(field.name) : field.name in values))
    .map((field) => field.displayName || field.name);
}

/** A stored secret belongs to the address that it was entered for. */
function secretsAgain(
  fields: config.Field[],
  stored: StoredSettings,
  values: Record<string, ConfigValue>,
  secrets: Record<string, string>,
): ErrorReport[] {
  const moved = fields.find(
    (field) => isAddress(field) && field.name in stored.values && stored.values[field.name] !== values[field.name],
  );
  if (moved === undefined) return [];
  return fields
    .filter((field) => field.isSecret && field.name in stored.secrets && !(field.name in secrets))
    .map(
      (field) =>
        fail(
          'BK-SECRET-AGAIN',
          { label: field.displayName || field.name, because: moved.displayName || moved.name },
          { field: field.name },
        ).report,
    );
}

function addressProblems(
  fields: config.Field[],
  values: Record<string, ConfigValue>,
  allowedOrigins: ReadonlySet<string>,
): ErrorReport[] {
  return fields.filter(isAddress).flatMap((field) => {
    const value = values[field.name];
    return typeof value === 'string' ? (checkAddress(field, value, allowedOrigins) ?? []) : [];
  });
}

function isAddress({ name, isSecret, field }: config.Field): boolean {
  if (isSecret || field.case !== 'stringField') return false;
  return name === 'base-url' || field.value.rules?.wellKnown === config.WellKnownString.URI;
}

function trimmed(value: ConfigValue): ConfigValue {
  if (typeof value === 'string') return value.trim();
  return Array.isArray(value) ? value.map((item) => item.trim()).filter((item) => item !== '') : value;
}

function isOfKind({ field }: config.Field, value: ConfigValue): boolean {
  if (field.case === 'intField') return Number.isSafeInteger(value);
  if (field.case === 'boolField') return typeof value === 'boolean';
  return field.case === 'stringSliceField' ? Array.isArray(value) : typeof value === 'string';
}

function kindProblem(field: config.Field): ErrorReport {
  const expected = { intField: 'a whole number', boolField: 'yes or no', stringSliceField: 'a list' }[
    field.field.case as string
  ];
  return fail(
    'BK-CONFIG-KIND',
    { label: field.displayName || field.name, expected: expected ?? 'a text' },
    { field: field.name },
  ).report;
}

function changedFields(
  fields: config.Field[],
  stored: StoredSettings,
  values: Record<string, ConfigValue>,
  secrets: Record<string, string>,
): string[] {
  return fields
    .filter(({ name, isSecret }) =>
      isSecret ? name in secrets : JSON.stringify(stored.values[name]) !== JSON.stringify(values[name]),
    )
    .map(({ name }) => name);
}
