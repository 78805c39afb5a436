import type { config, ConfigMap } from '@batonkit/protocol';

/** One text, or several by name. */
export type Secret = string | ConfigMap;

/** A secret from the text that it is stored as, and that a child gets: several are one JSON object. */
export function secretOf(configuration: config.Configuration, name: string, text: string): Secret {
  const field = configuration.fields.find((each) => each.name === name);
  return field?.field.case === 'stringMapField' ? (JSON.parse(text) as ConfigMap) : text;
}

export function storedText(secret: Secret): string {
  return typeof secret === 'string' ? secret : JSON.stringify(secret);
}

/** The texts that must be told to nobody. */
export function textsOf(secret: Secret): string[] {
  return typeof secret === 'string' ? [secret] : Object.values(secret);
}
