import type { BatonError } from '@batonkit/kernel';
import type { Flag, FlagValue } from '../cli/flag.ts';
import { variableOf } from '../cli/flag.ts';
import { mergeValues } from '../cli/merge-values.ts';
import { parseValue } from '../cli/parse-value.ts';
import { fail } from '../errors.ts';
import type { ConfigFile } from './config-file.ts';
import { readSecret } from './read-secret.ts';

export interface ValueSources {
  flags: ReadonlyMap<string, FlagValue>;
  env: Readonly<Record<string, string | undefined>>;
  file?: ConfigFile | undefined;
  /** Of a hosted run; they win over everything. */
  hostedSecrets: ReadonlyMap<string, string>;
  /** What was read from standard input, if a `…_FILE` variable names it. */
  stdin?: string | undefined;
}

export type Origin = 'hosted' | 'flag' | 'variable' | 'secret-file' | 'config-file';
export type Found = { value: FlagValue; origin: Origin } | { problem: BatonError };

/** Names of standard input in a `…_FILE` variable. */
export const isStandardInput = (path: string | undefined): boolean =>
  path !== undefined && ['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'].includes(path);

/**
 * The value that wins: a flag over its `BATON_` variable, that over the file that `…_FILE` names (for
 * secrets), that over the configuration file. An empty variable is none. Undefined leaves the default.
 *
 * What a flag says of a list or a map is added to what a variable or a file says of it (protocol: runtime 1.1).
 */
export function findValue(flag: Flag, sources: ValueSources): Found | undefined {
  const hosted = flag.secret ? sources.hostedSecrets.get(flag.name) : undefined;
  if (hosted !== undefined) return from('hosted', parseValue(flag, hosted, `The secret ${flag.name}`));
  const byFlag = sources.flags.get(flag.name);
  if (byFlag === undefined) return flag.flagOnly ? undefined : findBelowFlags(flag, sources);
  const isOne = flag.type !== 'strings' && flag.type !== 'stringToString';
  const below = isOne || flag.flagOnly ? undefined : findBelowFlags(flag, sources);
  if (below !== undefined && 'problem' in below) return below;
  return { value: mergeValues(below?.value, byFlag), origin: 'flag' };
}

function findBelowFlags(flag: Flag, { env, file, stdin }: ValueSources): Found | undefined {
  const variable = variableOf(flag.name);
  const text = env[variable];
  const secretPath = flag.secret ? env[`${variable}_FILE`] : undefined;
  if (text && secretPath) return { problem: fail('BK-CONFIG-SECRET-TWICE', { variable }, { field: flag.name }) };
  if (secretPath) return readSecretFile(flag, `${variable}_FILE`, secretPath, stdin);
  if (text) {
    const source = flag.secret ? variable : `${variable} ${JSON.stringify(text)}`;
    return from('variable', parseValue(flag, text, source, true));
  }
  const item = file?.values.get(flag.name);
  return file === undefined || item === undefined
    ? undefined
    : fromConfigFile(flag, item, `"${flag.name}" in ${file.path}`);
}

function from(origin: Origin, parsed: ReturnType<typeof parseValue>): Found {
  return 'problem' in parsed ? parsed : { ...parsed, origin };
}

function fromConfigFile(flag: Flag, item: unknown, source: string): Found {
  const origin = 'config-file';
  if (typeof item === 'string' && flag.type !== 'stringToString') return from(origin, parseValue(flag, item, source));
  if (flag.type === 'strings' && Array.isArray(item) && item.every((one) => typeof one === 'string'))
    return { value: item, origin };
  if (
    flag.type === 'stringToString' &&
    item instanceof Map &&
    [...item.values()].every((one) => typeof one === 'string')
  ) {
    // As the genuine programs read it: keys of a file are lower case, those below a setting too.
    const entries = [...(item as Map<unknown, string>)].map(([key, value]) => [String(key).toLowerCase(), value]);
    return { value: Object.fromEntries(entries) as Record<string, string>, origin };
  }
  const expected = { strings: 'a list of texts', stringToString: 'a map of texts' }[flag.type as string];
  return { problem: fail('BK-CONFIG-VALUE', { source, expected: expected ?? 'a single value' }, { field: flag.name }) };
}

function readSecretFile(flag: Flag, variable: string, path: string, stdin: string | undefined): Found {
  const refuse = (reason: string, cause?: unknown): Found => ({
    problem: fail('BK-CONFIG-SECRET-FILE', { variable, reason }, { field: flag.name, cause }),
  });
  let text: string | undefined;
  try {
    text = isStandardInput(path) && stdin !== undefined ? stdin : readSecret(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return refuse(code === 'ENOENT' ? 'does not exist' : 'cannot be read', error);
  }
  if (text === undefined) return refuse('holds more than a secret');
  // Editors and `echo` end a file with a line break that is no part of the secret.
  const secret = text.replace(/[\r\n]+$/, '');
  return secret === ''
    ? refuse('is empty')
    : from('secret-file', parseValue(flag, secret, `The file that ${variable} names`));
}
