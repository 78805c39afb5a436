import { readFileSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import type { NetworkSettings } from '@batonkit/connector';
import { guestPolicy } from '@batonkit/connector';
import type { SigningKey } from '@batonkit/certificate';
import { readSigningKey } from '@batonkit/certificate';
import type { ErrorReport } from '@batonkit/kernel';
import { BatonError } from '@batonkit/kernel';
import type { AnyConfigValue, Resource } from '@batonkit/protocol';
import { parseResourceBatonId } from '@batonkit/protocol';
import type { Flag, FlagValue, Operation } from '../cli/flag.ts';
import { variableOf } from '../cli/flag.ts';
import { parseBool } from '../cli/parse-value.ts';
import { fail } from '../errors.ts';
import type { LogThreshold } from '../logging/log-level.ts';
import type { TelemetrySettings } from '../telemetry/read-telemetry-settings.ts';
import { readTelemetrySettings } from '../telemetry/read-telemetry-settings.ts';
import type { SettingSources } from './check-settings.ts';
import { checkSettings, unknownSettings } from './check-settings.ts';
import { collectValues } from './collect-values.ts';
import { readLogSettings } from './read-log-settings.ts';
import { readNetwork } from './read-network.ts';
import type { ServiceSettings } from './read-service.ts';
import { readService } from './read-service.ts';

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
  telemetry?: TelemetrySettings;
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
  /** Another task than a sync was asked for. */
  operation?: Operation;
  /** Only the plan and its requests are wanted. */
  dryRun: boolean;
  /** Of `doctor`. */
  output: 'table' | 'jsonl';
  /** For what a service and a server need only while they work. */
  tempDir: string;
  /** Of `serve`: a place, and paths of PEM files; empty when not given. */
  serve: { listen: string; cert: string; key: string; clientCa: string };
  report?: string;
  /** The connector's own fields, and those of all connectors that have to do with reading. */
  values: Record<string, AnyConfigValue>;
  /** Tasks of C1 are asked for, instead of one sync. */
  service?: ServiceSettings;
  /** Everything that may leave the process only in a request header. */
  secrets: string[];
  /** Sentences for standard error, once each. */
  notices: string[];
  /** All failures, not only the first. */
  problems: ErrorReport[];
}

/**
 * Brings flags, variables, files and defaults together; `findValue` says which one wins. Finds all that
 * is wrong, as a person who has to come back for each error once loses patience.
 */
export function readSettings(sources: SettingSources): Settings {
  const { env } = sources;
  const collected = collectValues(sources);
  const { given, secrets } = collected;
  const values = ownValues(sources.own, given);
  const problems = checkSettings(sources, collected, values);
  const notices = noticesOf(sources, given);
  const network = readNetwork(env);
  problems.push(...network.problems.map(({ report }) => report));
  secrets.push(...network.secrets);

  const service = readService(given, env, problems, secrets);
  const asked = sources.defaults.find(({ name, operation }) => operation !== undefined && isOn(given.get(name)));

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
  if (oneOf('storage-engine', ['sqlite', 'pebble'] as const) === 'pebble')
    notices.push('The file is written in the SQLite form, which every version of the genuine tools reads.');
  for (const [name, path] of [
    ['c1z-temp-dir', textOf(given.get('c1z-temp-dir'), '')],
    [undefined, env['BATON_TMPDIR'] ?? ''],
  ] as const) {
    if (path !== '' && !isDirectory(path))
      problems.push(
        fail('BK-TEMP-DIR', { path, why: 'is no directory' }, name === undefined ? {} : { field: name }).report,
      );
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
  const telemetry = readTelemetrySettings(given);
  problems.push(...telemetry.problems);
  const numberOf = (name: string, absent: number): number => {
    const value = given.get(name);
    return typeof value === 'number' ? value : absent;
  };

  return {
    file,
    progress,
    ...log.settings,
    ...(telemetry.settings === undefined ? {} : { telemetry: telemetry.settings }),
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
    tempDir: textOf(given.get('c1z-temp-dir'), '') || env['BATON_TMPDIR'] || tmpdir(),
    serve: {
      listen: textOf(given.get('listen'), '127.0.0.1:0'),
      cert: textOf(given.get('tls-cert'), ''),
      key: textOf(given.get('tls-key'), ''),
      clientCa: textOf(given.get('tls-client-ca'), ''),
    },
    ...(asked?.operation === undefined ? {} : { operation: asked.operation }),
    output,
    ...(report === '' ? {} : { report }),
    values,
    ...(service === undefined ? {} : { service }),
    secrets,
    notices,
    problems,
  };
}

/** 0 and 1 are one after the other, -1 as many as there are processors, up to 4 (protocol: runtime 1.2). */
function workersOf(workers: number, isParallel: boolean): number {
  return workers === -1 || (workers === 0 && isParallel) ? Math.min(availableParallelism(), 4) : Math.max(1, workers);
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

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** What is accepted and does less than its name says, and secrets in the wrong place; sentences. */
function noticesOf(sources: SettingSources, given: ReadonlyMap<string, FlagValue>): string[] {
  const notices: string[] = [];
  const names = (of: (flag: Flag) => boolean | undefined): string =>
    sources.defaults
      .filter((flag) => of(flag) && given.has(flag.name))
      .map(({ name }) => `--${name}`)
      .join(', ');
  const unknown = unknownSettings(sources);
  if (unknown.length > 0)
    notices.push(`${sources.file?.path} has settings that are not known here: ${unknown.join(', ')}.`);
  const inert = names((flag) => flag.inert);
  if (inert !== '') notices.push(`Without effect in this release: ${inert}.`);
  const idle = textOf(given.get('client-id'), '') === '' ? names((flag) => flag.serviceOnly) : '';
  if (idle !== '') notices.push(`Without effect in a single sync, as they belong to service mode: ${idle}.`);
  for (const flag of [...sources.defaults, ...sources.own]) {
    if (!flag.secret || !sources.flags.has(flag.name)) continue;
    const variable = variableOf(flag.name);
    notices.push(
      `--${flag.name} can be read by every user of this machine while the program runs; ` +
        `${variable} or ${variable}_FILE keep it to yourself.`,
    );
  }
  return notices;
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
/** A switch that is declared as a text is on when it reads as true; any other text asks for something. */
const isOn = (value: FlagValue | undefined): boolean =>
  value !== undefined && value !== false && value !== '' && (typeof value !== 'string' || parseBool(value) !== false);
