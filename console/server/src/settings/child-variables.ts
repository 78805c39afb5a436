import type { AnyConfigValue, config } from '@batonkit/protocol';
import { ownFields } from '../catalogue/form-fields.ts';

/** `BATON_…` variables of the values that are not secret; secrets go by descriptor only. */
export function childVariables(
  configuration: config.Configuration,
  values: Record<string, AnyConfigValue>,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { name, isSecret } of ownFields(configuration)) {
    const value = values[name];
    if (isSecret || value === undefined) continue;
    variables[`BATON_${name.toUpperCase().replaceAll('-', '_')}`] = textOf(value);
  }
  return variables;
}

/** Variables of the run itself, for programs that know them. */
export function runVariables(
  allowedOrigins: readonly string[],
  knownConfig: string | undefined,
): Record<string, string> {
  return {
    ...(allowedOrigins.length === 0 ? {} : { BATON_HOSTED_ORIGINS: allowedOrigins.map(quoted).join(',') }),
    ...(knownConfig === undefined ? {} : { BATON_HOSTED_KNOWN_CONFIG: knownConfig }),
  };
}

function textOf(value: AnyConfigValue): string {
  if (typeof value !== 'object') return String(value);
  return Array.isArray(value) ? value.map(quoted).join(',') : JSON.stringify(value);
}

/** Lists travel as one CSV line. */
function quoted(item: string): string {
  return /[",\r\n]/.test(item) ? `"${item.replaceAll('"', '""')}"` : item;
}
