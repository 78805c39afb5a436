import type { config, ConfigValue } from '@batonkit/protocol';
import { ownFields } from '../catalogue/form-fields.ts';

/** `BATON_…` variables of the values that are not secret; secrets go by descriptor only. */
export function childVariables(
  configuration: config.Configuration,
  values: Record<string, ConfigValue>,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { name, isSecret } of ownFields(configuration)) {
    const value = values[name];
    if (isSecret || value === undefined) continue;
    variables[`BATON_${name.toUpperCase().replaceAll('-', '_')}`] = Array.isArray(value)
      ? value.map(quoted).join(',')
      : String(value);
  }
  return variables;
}

/** Lists travel as one CSV line. */
function quoted(item: string): string {
  return /[",\r\n]/.test(item) ? `"${item.replaceAll('"', '""')}"` : item;
}
