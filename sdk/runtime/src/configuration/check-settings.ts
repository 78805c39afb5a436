import type { ErrorReport } from '@batonkit/kernel';
import type { AnyConfigValue } from '@batonkit/protocol';
import { checkConfiguration, config } from '@batonkit/protocol';
import { defaultGroups } from '../cli/default-groups.ts';
import type { Flag, FlagValue } from '../cli/flag.ts';
import { fail } from '../errors.ts';
import type { Collected } from './collect-values.ts';
import type { Origin, ValueSources } from './find-value.ts';

export interface SettingSources extends ValueSources {
  defaults: readonly Flag[];
  own: readonly Flag[];
  /** With hidden fields. */
  configuration: config.Configuration;
}

/**
 * All that is wrong with the settings, in the order in which a genuine program looks: what is required, which groups
 * belong together or exclude each other, values that cannot be read, rules of values, relations between values. It
 * stops at the first of these stages; a person who has to come back for each loses patience (protocol: runtime 1.7).
 */
export function checkSettings(
  sources: SettingSources,
  { given, origins, problems: unreadable }: Collected,
  values: Record<string, AnyConfigValue>,
): ErrorReport[] {
  const named = new Set(origins.keys());
  // What could not be read at all is said once: its absence would be the same again.
  const unread = new Set(unreadable.map(({ field }) => field));
  const isRead = ({ field }: ErrorReport): boolean => field === undefined || !unread.has(field);
  const own = checkConfiguration(sources.configuration, values, named).filter(isRead);
  const isAbsent = ({ code, field }: ErrorReport): boolean =>
    code === 'BK-CONFIG-REQUIRED' && field !== undefined && !named.has(field);
  const isGroup = ({ code }: ErrorReport): boolean => code === 'BK-CONFIG-TOGETHER';
  return [
    ...own.filter(isAbsent),
    ...defaultProblems(given, named).filter(isRead),
    ...own.filter(isGroup),
    ...unreadable,
    ...brokenRules(sources.defaults, given),
    ...own.filter((problem) => !isAbsent(problem) && !isGroup(problem)),
    ...strayAddresses(sources, origins),
  ];
}

function defaultProblems(given: ReadonlyMap<string, FlagValue>, named: ReadonlySet<string>): ErrorReport[] {
  const groups = defaultGroups();
  const isNamed = groups.fields.filter(({ name }) => named.has(name));
  if (isNamed.length === 0) return [];
  // The rule looks at what was given, not at its kind.
  const values = Object.fromEntries(isNamed.map(({ name }) => [name, isEmpty(given.get(name)) ? '' : 'given']));
  return checkConfiguration(groups, values, named);
}

function brokenRules(defaults: readonly Flag[], given: ReadonlyMap<string, FlagValue>): ErrorReport[] {
  return defaults.flatMap(({ name, refused, rules }) => {
    const value = given.get(name);
    const field = { field: name };
    if (refused !== undefined && !isEmpty(value))
      return [fail('BK-NOT-IN-RELEASE', { what: `--${name}`, ...refused }, field).report];
    if (rules === undefined || typeof value !== 'number' || (value >= rules.gte && value <= rules.lte)) return [];
    const expected = `a number from ${rules.gte} to ${rules.lte}`;
    return [fail('BK-CONFIG-VALUE', { source: `--${name} ${value}`, expected }, field).report];
  });
}

const isEmpty = (value: FlagValue | undefined): boolean =>
  value === undefined ||
  value === '' ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);

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

/** Names in the configuration file that nothing here has. */
export function unknownSettings({ file, defaults, own }: SettingSources): string[] {
  const known = new Set([...defaults, ...own].filter((flag) => !flag.flagOnly).map(({ name }) => name));
  // Only what is a name is repeated: what is none may be a value in the wrong place.
  return [...(file?.values.keys() ?? [])].filter((name) => !known.has(name) && /^[a-z][a-z0-9-]{0,40}$/.test(name));
}
