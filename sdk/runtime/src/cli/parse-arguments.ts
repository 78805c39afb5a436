import type { BatonError } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import type { Command } from './commands.ts';
import { commandsBelow, wordOf } from './commands.ts';
import { findCommand } from './find-command.ts';
import type { Flag, FlagValue } from './flag.ts';
import { mergeValues } from './merge-values.ts';
import { nearest } from './nearest.ts';
import { parseBool, parseValue } from './parse-value.ts';

export interface ParsedArguments {
  /** Absent: the program itself, which makes a sync or serves. */
  command?: Command;
  /** What stands after the command; only `help` and completions look at it. */
  rest: string[];
  values: Map<string, FlagValue>;
  help: boolean;
  version: boolean;
  problems: BatonError[];
}

/** Takes its arguments as they are. */
const taker = '__complete';

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
  const result: ParsedArguments = { rest: [], values: new Map(), help: false, version: false, problems: [] };
  const found = findCommand(argv, [...flags.defaults, ...flags.own]);
  const { command } = found;
  if (found.unknown !== undefined) {
    // The word is a value that nobody took, if its flag is unknown or misspelt.
    new Parser(program, [...flags.defaults, ...flags.own], true, result).parse(argv);
    if (result.problems.length === 0) result.problems.push(unknownCommand(program, found.unknown));
    return result;
  }
  if (command !== undefined) result.command = command;
  if (command?.name === taker) {
    result.rest = found.argv;
    return result;
  }
  const takesOwn = command === undefined || command.isConfigured === true;
  const parser = new Parser(
    program,
    [...flags.defaults, ...(takesOwn ? flags.own : []), ...(command?.flags ?? [])],
    command === undefined,
    result,
  );
  parser.parse(found.argv);
  const [stray] = result.problems.length > 0 ? [] : result.rest;
  // After `--` the genuine program takes such a word for nothing, and starts itself without end.
  if (stray !== undefined && command === undefined && !result.version && !result.help)
    result.problems.push(unknownCommand(program, stray));
  if (stray !== undefined && command?.name.startsWith('completion '))
    result.problems.push(unknownCommand(`${program} ${command.name}`, stray));
  return result;
}

class Parser {
  private readonly program: string;
  private readonly all: ReadonlyMap<string, Flag>;
  private readonly shorts: ReadonlyMap<string, Flag>;
  private readonly hasVersion: boolean;
  private readonly result: ParsedArguments;
  private queue: string[] = [];

  constructor(program: string, flags: readonly Flag[], hasVersion: boolean, result: ParsedArguments) {
    this.program = program;
    this.all = new Map(flags.map((flag) => [flag.name, flag]));
    this.shorts = new Map(flags.flatMap((flag) => (flag.short ? [[flag.short, flag] as const] : [])));
    this.hasVersion = hasVersion;
    this.result = result;
  }

  parse(argv: readonly string[]): void {
    this.queue = [...argv];
    for (let argument = this.queue.shift(); argument !== undefined; argument = this.queue.shift()) {
      if (argument === '--') this.result.rest.push(...this.queue.splice(0));
      else if (argument.startsWith('--')) this.long(argument);
      else if (argument.startsWith('-') && argument !== '-') this.cluster(argument);
      else this.result.rest.push(argument);
    }
  }

  private long(argument: string): void {
    const equals = argument.indexOf('=');
    const name = argument.slice(2, equals < 0 ? undefined : equals);
    const given = equals < 0 ? undefined : argument.slice(equals + 1);
    const flag = this.all.get(name);
    if (flag !== undefined) this.take(flag, `--${name}`, given);
    else if (name === 'help' || (name === 'version' && this.hasVersion)) this.ask(name, given);
    else this.unknown(`--${name}`, name);
  }

  private cluster(argument: string): void {
    for (let at = 1; at < argument.length; at += 1) {
      const letter = argument.charAt(at);
      const flag = this.shorts.get(letter);
      if (flag !== undefined && flag.type !== 'bool') {
        const attached = argument.slice(at + 1).replace(/^=/, '');
        return this.take(flag, `-${letter}`, attached === '' ? undefined : attached);
      }
      if (flag !== undefined) this.set(flag, 'true', `-${letter}`);
      else if (letter === 'h') this.ask('help', undefined);
      else if (letter === 'v' && this.hasVersion) this.ask('version', undefined);
      else return this.unknown(`-${letter}`, argument.replace(/^-+/, ''));
    }
  }

  private ask(what: 'help' | 'version', given: string | undefined): void {
    const value = given === undefined ? true : parseBool(given);
    if (value !== undefined) this.result[what] = value;
    else this.result.problems.push(fail('BK-CONFIG-VALUE', { source: `--${what}`, expected: 'true or false' }));
  }

  private take(flag: Flag, shown: string, given: string | undefined): void {
    if (given !== undefined) return this.set(flag, given, shown);
    if (flag.type === 'bool') return this.set(flag, 'true', shown);
    const next = this.queue.shift();
    if (next === undefined) this.result.problems.push(fail('BK-CLI-VALUE', { flag: shown }, { field: flag.name }));
    else this.set(flag, next, shown);
  }

  private set(flag: Flag, text: string, shown: string): void {
    const { values, problems } = this.result;
    const parsed = parseValue(flag, text, flag.secret ? shown : `${shown} ${JSON.stringify(text)}`);
    if ('problem' in parsed) problems.push(parsed.problem);
    else values.set(flag.name, mergeValues(values.get(flag.name), parsed.value));
  }

  private unknown(shown: string, name: string): void {
    const near = nearest(
      name,
      [...this.all.values()].filter((flag) => !flag.hidden).map((flag) => flag.name),
    );
    const facts = { flag: shown, near: near && `--${near}`, program: this.program };
    this.result.problems.push(fail('BK-CLI-FLAG', facts));
  }
}

function unknownCommand(program: string, word: string): BatonError {
  return fail('BK-CLI-COMMAND', { word, near: nearest(word, commandsBelow().map(wordOf)), program });
}
