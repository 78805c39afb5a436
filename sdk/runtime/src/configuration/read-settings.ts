import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { NetworkSettings } from '@batonkit/connector';
import { guestPolicy } from '@batonkit/connector';
import type { SigningKey } from '@batonkit/certificate';
import { readSigningKey } from '@batonkit/certificate';
import type { ErrorReport } from '@batonkit/kernel';
import { BatonError } from '@batonkit/kernel';
import type { AnyConfigValue, Resource } from '@batonkit/protocol';
import { checkConfiguration, config, parseResourceBatonId } from '@batonkit/protocol';
import type { Flag, FlagValue } from '../cli/flag.ts';
import { variableOf } from '../cli/flag.ts';
import { fail } from '../errors.ts';
import type { LogThreshold } from '../logging/log-level.ts';
import { readLogSettings } from './read-log-settings.ts';
import type { Origin, ValueSources } from './find-value.ts';
import { findValue } from './find-value.ts';
import { readNetwork } from './read-network.ts';

export const progressForms = ['auto', 'plain', 'jsonl'] as const;
export type ProgressForm = (typeof progressForms)[number];

export interface Settings {
  file: string;
  progress: ProgressForm;
  /** Absent: nobody asked for one. */
  logLevel?: LogThreshold;
  /** Instant (milliseconds since the Unix epoch) from which on `debug` acts as `info`. */
  debugEndsAt?: number;
  logFormat?: 'json' | 'console';
  logPaths: string[];
  hosted: boolean;
  /** Of a hosted run: the config digest with which a sync was complete before. */
  knownConfig?: string;
  httpTimeoutSeconds: number;
  network: NetworkSettings;
  /** Calls of the connector at once. */
  workers: number;
  passes: 1 | 2;
  /** Resource types that are wanted; all of them when it is empty. */
  types: string[];
  /** Entitlements and grants are not wanted. */
  skipsGrants: boolean;
  /** Entitlements are wanted, and grants are not: of single resources. */
  skipsOnlyGrants: boolean;
  /** Resources that are wanted by themselves; the whole source when it is empty. */
  targets: Resource[];
  /** 0: a run always begins anew. */
  resumeMaxAgeMs: number;
  /** Finished full runs in the file, the new one included; Infinity: all. */
  keepRuns: number;
  /** Rights of the file and its certificate. */
  fileMode: number;
  signingKey?: SigningKey;
  /** Only the plan and its requests are wanted. */
  dryRun: boolean;
  /** Of `doctor`. */
  output: 'table' | 'jsonl';
  /** Of `serve`: a place, and paths of PEM files; empty when not given. */
  serve: { listen: string; cert: string; key: string; clientCa: string };
  report?: string;
  /** The connector's own fields, and those of all connectors that have to do with reading. */
  values: Record<string, AnyConfigValue>;
  /** Everything that may leave the process only in a request header. */
  secrets: string[];
  /** Sentences for standard error, once each. */
  notices: string[];
  /** All failures, not only the first. */
  problems: ErrorReport[];
}

export interface SettingSources extends ValueSources {
  defaults: readonly Flag[];
  own: readonly Flag[];
  configuration: config.Configuration;
}

/**
 * Brings flags, variables, files and defaults together; `findValue` says which one wins. Finds all that
 * is wrong, as a person who has to come back for each error once loses patience.
 */
export function readSettings(sources: SettingSources): Settings {
  const { flags, env } = sources;
  const problems: ErrorReport[] = [];
  const notices: string[] = [];
  const secrets: string[] = [];
  const given = new Map<string, FlagValue>();

  const origins = new Map<string, Origin>();
  for (const flag of [...sources.defaults, ...sources.own]) {
    const found = findValue(flag, sources);
    if (found === undefined) continue;
    if ('problem' in found) {
      problems.push(found.problem.report);
      continue;
    }
    const { value, origin } = found;
    given.set(flag.name, value);
    origins.set(flag.name, origin);
    if (flag.secret) secrets.push(...textsOf(value));
  }
  problems.push(...strayAddresses(sources, origins));
  const unknownNames = unknownSettings(sources);
  if (unknownNames.length > 0)
    notices.push(`${sources.file?.path} has settings that are not known here: ${unknownNames.join(', ')}.`);
  const network = readNetwork(env);
  problems.push(...network.problems.map(({ report }) => report));
  secrets.push(...network.secrets);

  const service = given.get('client-id') ?? given.get('client-secret');
  if (service !== undefined && service !== '') problems.push(fail('BK-SERVICE-MODE', {}).report);
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
  const log = readLogSettings(given);
  notices.push(...log.notices);
  const hosted = given.get('hosted') === true;
  const knownConfig = textOf(given.get('hosted-known-config'), '');
  const output = oneOf('output', ['table', 'jsonl'] as const) ?? 'table';
  const report = textOf(given.get('report'), '');
  const keyPath = textOf(given.get('certificate-key'), '');
  let signingKey: SigningKey | undefined;
  try {
    if (keyPath !== '') signingKey = readKeyFile(keyPath);
  } catch (error) {
    problems.push((error as BatonError).report);
  }
  const mode = textOf(given.get('file-mode'), '0600');
  if (!/^0?[67][04][04]$/.test(mode)) {
    const expected = 'rights such as 0600, 0640 or 0644';
    problems.push(
      fail('BK-CONFIG-VALUE', { source: `--file-mode ${JSON.stringify(mode)}`, expected }, { field: 'file-mode' })
        .report,
    );
  }
  const targets: Resource[] = [];
  for (const text of listOf(given.get('sync-resources'))) {
    const target = parseResourceBatonId(text);
    if (target !== undefined) targets.push(target);
    else {
      const source = `--sync-resources ${JSON.stringify(text)}`;
      const expected = 'the Baton id of a resource, such as bid:r:role/admin';
      problems.push(fail('BK-CONFIG-VALUE', { source, expected }, { field: 'sync-resources' }).report);
    }
  }
  const skipsOnlyGrants = given.get('skip-grants') === true;
  if (skipsOnlyGrants && listOf(given.get('sync-resources')).length === 0) {
    const expected = 'used together with --sync-resources';
    problems.push(fail('BK-CONFIG-VALUE', { source: '--skip-grants', expected }, { field: 'skip-grants' }).report);
  }
  const progress = hosted ? 'jsonl' : (oneOf('progress', progressForms) ?? 'auto');
  problems.push(...log.problems);
  const numberOf = (name: string, absent: number): number => {
    const value = given.get(name);
    return typeof value === 'number' ? value : absent;
  };

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
    ...log.settings,
    hosted,
    httpTimeoutSeconds: numberOf('http-timeout-seconds', 300),
    ...(hosted && knownConfig !== '' ? { knownConfig } : {}),
    network: {
      ...network.settings,
      maxInFlight: numberOf('max-in-flight', 4),
      ...(hosted ? { policy: guestPolicy(listOf(given.get('hosted-origins'))) } : {}),
    },
    workers: workersOf(numberOf('workers', 0), given.get('parallel-sync') === true),
    passes: numberOf('passes', 2) === 1 ? 1 : 2,
    types: listOf(given.get('sync-resource-types')),
    skipsGrants: given.get('skip-entitlements-and-grants') === true,
    skipsOnlyGrants,
    targets,
    resumeMaxAgeMs: numberOf('resume-max-age', 60) * 60_000,
    // As the genuine programs read it: nothing that is more than none is the default.
    keepRuns: given.get('skip-cleanup') === true ? Infinity : numberOf('keep-sync-count', 2) || 2,
    fileMode: Number.parseInt(mode, 8),
    ...(signingKey === undefined ? {} : { signingKey }),
    dryRun: given.get('dry-run') === true,
    serve: {
      listen: textOf(given.get('listen'), '127.0.0.1:0'),
      cert: textOf(given.get('tls-cert'), ''),
      key: textOf(given.get('tls-key'), ''),
      clientCa: textOf(given.get('tls-client-ca'), ''),
    },
    output,
    ...(report === '' ? {} : { report }),
    values,
    secrets,
    notices,
    problems,
  };
}

/** 0 and 1 are one after the other, -1 as many as there are processors, up to 4 (protocol: runtime 1.2). */
function workersOf(workers: number, isParallel: boolean): number {
  return workers === -1 || (workers === 0 && isParallel) ? Math.min(availableParallelism(), 4) : Math.max(1, workers);
}

/** A file that merely lay there may not lead a secret of somebody else to an address of its own. */
function strayAddresses(
  { file, own, configuration }: SettingSources,
  origins: ReadonlyMap<string, Origin>,
): ErrorReport[] {
  if (file?.isByChance !== true) return [];
  const secret = own.find((flag) => flag.secret && ![undefined, 'config-file'].includes(origins.get(flag.name)));
  if (secret === undefined) return [];
  return configuration.fields
    .filter((field) => isAddress(field) && origins.get(field.name) === 'config-file')
    .map(({ name }) => {
      const facts = { path: file.path, setting: name, secret: secret.name };
      return fail('BK-CONFIG-YAML-ADDRESS', facts, { field: name }).report;
    });
}

function isAddress({ name, field }: config.Field): boolean {
  return (
    name === 'base-url' || (field.case === 'stringField' && field.value.rules?.wellKnown === config.WellKnownString.URI)
  );
}

function unknownSettings({ file, defaults, own }: SettingSources): string[] {
  const known = new Set([...defaults, ...own].filter((flag) => !flag.flagOnly).map(({ name }) => name));
  // Only what is a name is repeated: what is none may be a value in the wrong place.
  return [...(file?.values.keys() ?? [])].filter((name) => !known.has(name) && /^[a-z][a-z0-9-]{0,40}$/.test(name));
}

function textsOf(value: FlagValue): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' ? Object.values(value) : [];
}

/** @throws BatonError `BK-CERT-KEY-FILE` */
function readKeyFile(path: string): SigningKey {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fail('BK-CERT-KEY-FILE', { path, reason: 'cannot be read' }, { field: 'certificate-key', cause: error });
  }
  try {
    return readSigningKey(text);
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    throw fail('BK-CERT-KEY-FILE', { path, reason: 'holds no such key' }, { field: 'certificate-key' });
  }
}

function ownValues(own: readonly Flag[], given: ReadonlyMap<string, FlagValue>): Record<string, AnyConfigValue> {
  const values: Record<string, AnyConfigValue> = {};
  for (const flag of own) {
    const value = given.get(flag.name) ?? flag.default;
    if (value !== undefined) values[flag.name] = Array.isArray(value) ? [...(value as string[])] : (value as FlagValue);
  }
  return values;
}

const textOf = (value: FlagValue | undefined, absent: string): string => (typeof value === 'string' ? value : absent);
const listOf = (value: FlagValue | undefined): string[] => (Array.isArray(value) ? [...(value as string[])] : []);
const isEmpty = (value: FlagValue): boolean =>
  value === '' || value === false || (typeof value === 'object' && Object.keys(value).length === 0);
