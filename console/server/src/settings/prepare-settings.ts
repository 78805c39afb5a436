import type { ErrorReport } from '@batonkit/kernel';
import { checkConfiguration, config, type AnyConfigValue, type ConfigMap } from '@batonkit/protocol';
import { ownFields } from '../catalogue/form-fields.ts';
import { fail } from '../errors.ts';
import { FieldProblems } from '../http/problem.ts';
import { checkAddress } from './check-address.ts';
import type { Secret } from './secret.ts';
import { exceptionProblems, stampedFields } from './stamp-exceptions.ts';

export interface StoredSettings {
  values: Record<string, AnyConfigValue>;
  /** In the clear, for checking only. */
  secrets: Record<string, Secret>;
}

export interface PreparedSettings {
  /** All values that are not secret, as they are to be stored. */
  values: Record<string, AnyConfigValue>;
  /** Only the secrets that were entered now; a map whole, with what is kept of the stored one. An empty map is none. */
  secrets: Record<string, Secret>;
  /** Labels of the fields that differ from what was stored, for the audit. */
  changed: string[];
}

/**
 * Judges what was entered, together with what is stored. Blank clears a value, but a blank secret keeps
 * the stored one, and so does a blank value in a map of secrets; names that are left out of a map go. A field that was
 * not sent stays as it is. The rules are those of the connector's own declaration, checked by the function that its
 * program uses as well.
 *
 * @throws FieldProblems with all findings; nothing is to be saved then
 */
export function prepareSettings(
  configuration: config.Configuration,
  stored: StoredSettings,
  entered: Record<string, AnyConfigValue>,
  allowedOrigins: ReadonlySet<string>,
): PreparedSettings {
  const fields = ownFields(configuration);
  const problems: ErrorReport[] = [];
  const values = { ...stored.values };
  const secrets: Record<string, Secret> = {};
  const unknown: Record<string, AnyConfigValue> = {};
  const stamped = stampedFields(configuration);
  const asked = fields.filter(({ name }) => !stamped.includes(name));
  for (const [name, raw] of Object.entries(entered)) {
    const field = asked.find((each) => each.name === name);
    const value = trimmed(raw);
    if (field === undefined) unknown[name] = value;
    else if (value !== '' && !isOfKind(field, value)) problems.push(kindProblem(field));
    else if (field.isSecret) {
      if (isMap(value)) {
        const merged = mergedMap(value, stored.secrets[name]);
        if (Object.values(merged).includes('')) problems.push(kindProblem(field));
        else if (!isNothing(merged) || name in stored.secrets) secrets[name] = merged;
      } else if (value !== '') secrets[name] = value as string;
    } else if (isNothing(value)) delete values[name];
    else values[name] = value;
  }
  const lasting = Object.fromEntries(Object.entries(values).filter(([name]) => !stamped.includes(name)));
  const all = { ...lasting, ...stored.secrets, ...secrets, ...unknown };
  const judged = new Set(problems.map(({ field }) => field));
  problems.push(
    ...checkConfiguration({ ...configuration, fields: asked }, all).filter(({ field }) => !judged.has(field)),
  );
  if (Object.keys(unknown).length === 0) problems.push(...exceptionProblems(configuration, values));
  problems.push(...addressProblems(fields, values, allowedOrigins));
  if (problems.length === 0) problems.push(...secretsAgain(fields, stored, values, entered));
  if (problems.length > 0) throw new FieldProblems(problems);
  return { values, secrets, changed: changedFields(fields, stored, values, secrets) };
}

/** Labels of the required fields that have no value yet, in the form's order. */
export function missingLabels(
  configuration: config.Configuration,
  values: Record<string, AnyConfigValue>,
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
  values: Record<string, AnyConfigValue>,
  entered: Record<string, AnyConfigValue>,
): ErrorReport[] {
  const moved = fields.find(
    (field) => isAddress(field) && field.name in stored.values && stored.values[field.name] !== values[field.name],
  );
  if (moved === undefined) return [];
  return fields
    .filter((field) => field.isSecret && keeps(stored.secrets[field.name], trimmed(entered[field.name] ?? '')))
    .map(
      (field) =>
        fail(
          'BK-SECRET-AGAIN',
          { label: field.displayName || field.name, because: moved.displayName || moved.name },
          { field: field.name },
        ).report,
    );
}

/** Whether anything of a stored secret stays. */
function keeps(stored: Secret | undefined, entered: AnyConfigValue): boolean {
  if (stored === undefined) return false;
  if (!isMap(entered)) return entered === '';
  return Object.entries(entered).some(([name, value]) => value === '' && Object.hasOwn(stored as object, name));
}

function addressProblems(
  fields: config.Field[],
  values: Record<string, AnyConfigValue>,
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

function trimmed(value: AnyConfigValue): AnyConfigValue {
  if (typeof value === 'string') return value.trim();
  if (Array.isArray(value)) return value.map((item) => item.trim()).filter((item) => item !== '');
  if (!isMap(value)) return value;
  const pairs = Object.entries(value).map(([name, text]) => [name.trim(), text.trim()] as const);
  return Object.fromEntries(pairs.filter(([name, text]) => name !== '' || text !== ''));
}

function isMap(value: AnyConfigValue): value is ConfigMap {
  return typeof value === 'object' && !Array.isArray(value);
}

function isNothing(value: AnyConfigValue): boolean {
  return value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** What was entered, with the stored value where it is blank. */
function mergedMap(entered: ConfigMap, stored: Secret | undefined): ConfigMap {
  const before: ConfigMap = typeof stored === 'object' ? stored : {};
  return Object.fromEntries(
    Object.entries(entered)
      .map(
        ([name, value]) => [name, value === '' && Object.hasOwn(before, name) ? (before[name] ?? '') : value] as const,
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const KINDS: Partial<Record<config.Field['field']['case'] & string, string>> = {
  intField: 'a whole number',
  boolField: 'yes or no',
  stringSliceField: 'a list',
  stringMapField: 'names, each with a value',
};

function isOfKind({ field }: config.Field, value: AnyConfigValue): boolean {
  switch (field.case) {
    case 'intField':
      return Number.isSafeInteger(value);
    case 'boolField':
      return typeof value === 'boolean';
    case 'stringSliceField':
      return Array.isArray(value);
    case 'stringMapField':
      return isMap(value) && Object.entries(value).every(([name, text]) => name !== '' && typeof text === 'string');
    default:
      return typeof value === 'string';
  }
}

function kindProblem(field: config.Field): ErrorReport {
  const expected = KINDS[field.field.case ?? 'stringField'] ?? 'a text';
  return fail('BK-CONFIG-KIND', { label: field.displayName || field.name, expected }, { field: field.name }).report;
}

function changedFields(
  fields: config.Field[],
  stored: StoredSettings,
  values: Record<string, AnyConfigValue>,
  secrets: Record<string, Secret>,
): string[] {
  return fields
    .filter(({ name, isSecret }) =>
      isSecret
        ? name in secrets && JSON.stringify(secrets[name]) !== JSON.stringify(stored.secrets[name])
        : JSON.stringify(stored.values[name]) !== JSON.stringify(values[name]),
    )
    .map(({ name, displayName }) => displayName || name);
}
