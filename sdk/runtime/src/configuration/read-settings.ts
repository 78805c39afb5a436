import { closeSync, openSync, readFileSync } from 'node:fs';
import type { ErrorReport } from '@batonkit/kernel';
import type { BatonError } from '@batonkit/kernel';
import type { config, ConfigValue } from '@batonkit/protocol';
import { checkConfiguration } from '@batonkit/protocol';
import type { Flag, FlagValue } from '../cli/flag.ts';
import { variableOf } from '../cli/flag.ts';
import { parseValue } from '../cli/parse-value.ts';
import { fail } from '../errors.ts';
import type { LogLevel } from '../logger.ts';
import { logLevels } from '../logger.ts';

export const progressForms = ['auto', 'plain', 'jsonl'] as const;
export type ProgressForm = (typeof progressForms)[number];

export interface Settings {
  file: string;
  progress: ProgressForm;
  /** Absent: nobody asked for one. */
  logLevel?: LogLevel;
  logFormat?: 'json' | 'console';
  logPaths: string[];
  hosted: boolean;
  httpTimeoutSeconds: number;
  /** The connector's own fields. */
  values: Record<string, ConfigValue>;
  /** Everything that may leave the process only in a request header. */
  secrets: string[];
  /** Sentences for standard error, once each. */
  notices: string[];
  /** All failures, not only the first. */
  problems: ErrorReport[];
}

export interface SettingSources {
  defaults: readonly Flag[];
  own: readonly Flag[];
  configuration: config.Configuration;
  flags: ReadonlyMap<string, FlagValue>;
  env: Readonly<Record<string, string | undefined>>;
  /** Of a hosted run; they win over everything. */
  hostedSecrets: ReadonlyMap<string, string>;
}

/**
 * Brings flags, variables and defaults together: a flag wins over its `BATON_` variable, that over the
 * default; an empty variable is none. A secret may also lie in a file that `…_FILE` names. Finds all
 * that is wrong, as a person who has to come back for each error once loses patience.
 */
export function readSettings(sources: SettingSources): Settings {
  const { flags, env } = sources;
  const problems: ErrorReport[] = [];
  const notices: string[] = [];
  const secrets: string[] = [];
  const given = new Map<string, FlagValue>();

  for (const flag of [...sources.defaults, ...sources.own]) {
    const found = find(flag, sources);
    if ('problem' in found) {
      problems.push(found.problem.report);
      continue;
    }
    const { value } = found;
    if (value === undefined) continue;
    given.set(flag.name, value);
    if (flag.secret && typeof value === 'string') secrets.push(value);
  }

  const service = given.get('client-id') ?? given.get('client-secret');
  if (service !== undefined && service !== '') problems.push(fail('BK-SERVICE-MODE', {}).report);
  if (env['BATON_CONFIG_PATH']) problems.push(fail('BK-CONFIG-YAML', { variable: 'BATON_CONFIG_PATH' }).report);
  for (const flag of sources.defaults) {
    const value = given.get(flag.name);
    if (value === undefined || isEmpty(value)) continue;
    if (flag.refused !== undefined) {
      problems.push(
        fail('BK-NOT-IN-RELEASE', { what: `--${flag.name}`, ...flag.refused }, { field: flag.name }).report,
      );
    }
    if (flag.rules !== undefined && typeof value === 'number') {
      const { gte, lte } = flag.rules;
      if (value < gte || value > lte) {
        const expected = `a number from ${gte} to ${lte}`;
        problems.push(
          fail('BK-CONFIG-VALUE', { source: `--${flag.name} ${value}`, expected }, { field: flag.name }).report,
        );
      }
    }
  }
  const inert = sources.defaults.filter((flag) => flag.inert && given.has(flag.name)).map(({ name }) => `--${name}`);
  if (inert.length > 0) notices.push(`Without effect in this release: ${inert.join(', ')}.`);
  for (const flag of [...sources.defaults, ...sources.own]) {
    if (flag.secret && flags.has(flag.name)) {
      const variable = variableOf(flag.name);
      notices.push(
        `--${flag.name} can be read by every user of this machine while the program runs; ` +
          `${variable} or ${variable}_FILE keep it to yourself.`,
      );
    }
  }

  const oneOf = <T extends string>(name: string, choices: readonly T[]): T | undefined => {
    const value = given.get(name);
    if (value === undefined || value === '') return undefined;
    const choice = choices.find((one) => one === value);
    if (choice === undefined) {
      const source = `--${name} ${JSON.stringify(value)}`;
      problems.push(
        fail('BK-CONFIG-VALUE', { source, expected: `one of ${choices.join(', ')}` }, { field: name }).report,
      );
    }
    return choice;
  };
  const engine = given.get('storage-engine');
  if (engine !== undefined && engine !== '' && engine !== 'sqlite') {
    const why = 'Files are written in the SQLite form, which every version of the genuine tools reads.';
    const refusal = {
      what: `The storage engine ${JSON.stringify(engine)}`,
      why,
      instead: 'Leave --storage-engine out.',
    };
    problems.push(fail('BK-NOT-IN-RELEASE', refusal, { field: 'storage-engine' }).report);
  }
  const file = textOf(given.get('file'), 'sync.c1z');
  if (file === '') {
    problems.push(
      fail('BK-CONFIG-VALUE', { source: '--file', expected: 'the name of a file' }, { field: 'file' }).report,
    );
  }
  const logLevel = oneOf('log-level', logLevels);
  const logFormat = oneOf('log-format', ['json', 'console'] as const);
  const hosted = given.get('hosted') === true;
  const progress = hosted ? 'jsonl' : (oneOf('progress', progressForms) ?? 'auto');
  const paths = given.get('log-path');
  const logPaths = Array.isArray(paths) ? paths : [];
  for (const path of logPaths) {
    if (!canAppend(path)) problems.push(fail('BK-LOG-PATH', { path }, { field: 'log-path' }).report);
  }
  const timeout = given.get('http-timeout-seconds');

  const values = ownValues(sources.own, given);
  // What could not be read at all has been reported; its absence would only be said a second time.
  const unread = new Set(problems.map(({ field }) => field));
  problems.push(
    ...checkConfiguration(sources.configuration, values).filter(
      ({ field }) => field === undefined || !unread.has(field),
    ),
  );
  return {
    file,
    progress,
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(logFormat === undefined ? {} : { logFormat }),
    logPaths,
    hosted,
    httpTimeoutSeconds: typeof timeout === 'number' ? timeout : 300,
    values,
    secrets,
    notices,
    problems,
  };
}

type Found = { value: FlagValue | undefined } | { problem: BatonError };

function find(flag: Flag, { flags, env, hostedSecrets }: SettingSources): Found {
  const hosted = flag.secret ? hostedSecrets.get(flag.name) : undefined;
  if (hosted !== undefined) return { value: hosted };
  const byFlag = flags.get(flag.name);
  if (byFlag !== undefined || flag.flagOnly) return { value: byFlag };
  const variable = variableOf(flag.name);
  const text = env[variable];
  const file = flag.secret ? env[`${variable}_FILE`] : undefined;
  if (text && file) return { problem: fail('BK-CONFIG-SECRET-TWICE', { variable }, { field: flag.name }) };
  if (file) return readSecretFile(flag, `${variable}_FILE`, file);
  if (!text) return { value: undefined };
  return parseValue(flag, text, flag.secret ? variable : `${variable} ${JSON.stringify(text)}`);
}

function readSecretFile(flag: Flag, variable: string, path: string): Found {
  const refuse = (reason: string, cause?: unknown): Found => ({
    problem: fail('BK-CONFIG-SECRET-FILE', { variable, reason }, { field: flag.name, cause }),
  });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return refuse(code === 'ENOENT' ? 'does not exist' : 'cannot be read', error);
  }
  // Editors and `echo` end a file with a line break that is no part of the secret.
  const secret = text.replace(/[\r\n]+$/, '');
  return secret === '' ? refuse('is empty') : { value: secret };
}

/** A log that is missed only when the run has ended helps nobody. */
function canAppend(path: string): boolean {
  try {
    closeSync(openSync(path, 'a', 0o600));
    return true;
  } catch {
    return false;
  }
}

function ownValues(own: readonly Flag[], given: ReadonlyMap<string, FlagValue>): Record<string, ConfigValue> {
  const values: Record<string, ConfigValue> = {};
  for (const flag of own) {
    const value = given.get(flag.name) ?? flag.default;
    if (value !== undefined) values[flag.name] = value;
  }
  return values;
}

const textOf = (value: FlagValue | undefined, absent: string): string => (typeof value === 'string' ? value : absent);
const isEmpty = (value: FlagValue): boolean =>
  value === '' || value === false || (Array.isArray(value) && value.length === 0);
