import type { BatonError } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import type { Flag, FlagValue } from './flag.ts';
import { nearest } from './nearest.ts';
import { parseValue } from './parse-value.ts';

export const commands = ['capabilities', 'config', 'doctor', 'help', 'serve'] as const;
/** A stock parent starts it; no person does. */
export const hiddenCommands = ['_connector-service'] as const;
/** Commands of other connectors that this release answers with a sentence. */
export const absentCommands = ['completion', 'health-check'] as const;
export type Command = (typeof commands)[number] | (typeof hiddenCommands)[number] | (typeof absentCommands)[number];

export interface ParsedArguments {
  /** Absent: a sync. */
  command?: Command;
  /** What stands after the command; only `help` looks at it. */
  rest: string[];
  values: Map<string, FlagValue>;
  help: boolean;
  version: boolean;
  problems: BatonError[];
}

/**
 * Parses like the flag library of the genuine connectors: `--name value`, `--name=value`, `-f value`,
 * `-fvalue`, clusters of short bools, `--` ends the flags, no abbreviations. The connector's own flags
 * are unknown to the commands that need no configuration (protocol: runtime 1.4).
 */
export function parseArguments(
  program: string,
  argv: readonly string[],
  flags: { defaults: readonly Flag[]; own: readonly Flag[] },
): ParsedArguments {
  const all = new Map([...flags.defaults, ...flags.own].map((flag) => [flag.name, flag]));
  const shorts = new Map([...all.values()].flatMap((flag) => (flag.short ? [[flag.short, flag] as const] : [])));
  const own = new Set(flags.own.map((flag) => flag.name));
  const result: ParsedArguments = { rest: [], values: new Map(), help: false, version: false, problems: [] };
  const words: string[] = [];
  const usedOwn: string[] = [];
  const onlyFor: Flag[] = [];
  const queue = [...argv];

  const set = (flag: Flag, text: string, shown: string): void => {
    const parsed = parseValue(flag, text, flag.secret ? shown : `${shown} ${JSON.stringify(text)}`);
    if ('problem' in parsed) {
      result.problems.push(parsed.problem);
      return;
    }
    if (own.has(flag.name)) usedOwn.push(flag.name);
    if (flag.command !== undefined) onlyFor.push(flag);
    result.values.set(flag.name, joined(result.values.get(flag.name), parsed.value));
  };
  const takeValue = (flag: Flag, shown: string, given: string | undefined): void => {
    if (given !== undefined) return set(flag, given, shown);
    if (flag.type === 'bool') return set(flag, 'true', shown);
    const next = queue.shift();
    if (next === undefined) result.problems.push(fail('BK-CLI-VALUE', { flag: shown }, { field: flag.name }));
    else set(flag, next, shown);
  };
  const unknown = (shown: string, name: string): void => {
    const found = nearest(
      name,
      [...all.values()].filter((flag) => !flag.hidden).map((flag) => flag.name),
    );
    result.problems.push(fail('BK-CLI-FLAG', { flag: shown, near: found && `--${found}`, program }));
  };

  const long = (argument: string): void => {
    const equals = argument.indexOf('=');
    const name = argument.slice(2, equals < 0 ? undefined : equals);
    const given = equals < 0 ? undefined : argument.slice(equals + 1);
    if (name === 'help' || name === 'version') {
      if (isYes(given)) result[name] = true;
      else if (!isNo(given)) {
        result.problems.push(fail('BK-CONFIG-VALUE', { source: `--${name}`, expected: 'true or false' }));
      }
      return;
    }
    const flag = all.get(name);
    if (flag === undefined) unknown(`--${name}`, name);
    else takeValue(flag, `--${name}`, given);
  };
  const cluster = (argument: string): void => {
    for (let at = 1; at < argument.length; at += 1) {
      const letter = argument.charAt(at);
      if (letter === 'h') result.help = true;
      else if (letter === 'v') result.version = true;
      else {
        const flag = shorts.get(letter);
        if (flag === undefined) return unknown(`-${letter}`, argument.replace(/^-+/, ''));
        if (flag.type !== 'bool') {
          const attached = argument.slice(at + 1).replace(/^=/, '');
          return takeValue(flag, `-${letter}`, attached === '' ? undefined : attached);
        }
        set(flag, 'true', `-${letter}`);
      }
    }
  };

  for (let argument = queue.shift(); argument !== undefined; argument = queue.shift()) {
    if (argument === '--') words.push(...queue.splice(0));
    else if (argument.startsWith('--')) long(argument);
    else if (argument.startsWith('-') && argument !== '-') cluster(argument);
    else words.push(argument);
  }

  const [first, ...rest] = words;
  result.rest = rest;
  if (first !== undefined) {
    const known = [...commands, ...hiddenCommands, ...absentCommands].find((command) => command === first);
    if (known === undefined) {
      // After an unknown flag the word is probably its value.
      const afterFlag = result.problems.some(({ code }) => code === 'BK-CLI-FLAG');
      if (!afterFlag)
        result.problems.push(fail('BK-CLI-COMMAND', { word: first, near: nearest(first, commands), program }));
    } else {
      result.command = known;
      for (const name of ASKS_SOURCE.has(known) ? [] : usedOwn) {
        result.problems.push(fail('BK-CLI-FLAG', { flag: `--${name}`, program }));
      }
      if (result.version) result.problems.push(fail('BK-CLI-FLAG', { flag: '--version', program }));
    }
  }
  for (const flag of onlyFor) {
    if (flag.command !== result.command) result.problems.push(fail('BK-CLI-FLAG', { flag: `--${flag.name}`, program }));
  }
  return result;
}

const ASKS_SOURCE: ReadonlySet<Command> = new Set(['doctor', 'serve', '_connector-service']);

/** Lists and maps grow with each flag; of everything else the last one counts. */
function joined(before: FlagValue | undefined, value: FlagValue): FlagValue {
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...(value as string[])];
  if (isMap(before) && isMap(value)) return { ...before, ...value };
  return value;
}

const isMap = (value: FlagValue | undefined): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && !Array.isArray(value);
const isYes = (given: string | undefined): boolean => given === undefined || /^(1|t|true)$/i.test(given);
const isNo = (given: string | undefined): boolean => given !== undefined && /^(0|f|false)$/i.test(given);
