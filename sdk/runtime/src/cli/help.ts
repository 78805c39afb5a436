import type { Command } from './commands.ts';
import { commands, commandsBelow, wordOf } from './commands.ts';
import type { Flag } from './flag.ts';
import { variableOf } from './flag.ts';

export interface FlagSets {
  defaults: readonly Flag[];
  own: readonly Flag[];
}

/**
 * Help of the program or of one of its commands, in the genuine layout (protocol: runtime 1.6); the sentences are ours.
 *
 * @param withOwn with `--help` and `--version`, which the genuine program leaves out where it was asked about nothing
 */
export function helpText(program: string, flags: FlagSets, command?: Command, withOwn = true): string {
  if (command === undefined) {
    return (
      `${program}\n\nUsage:\n  ${program} [flags]\n  ${program} [command]\n\n` +
      `${commandList()}\nFlags:\n${flagLines(withOwn ? shownFlags(program, flags) : [...flags.defaults, ...flags.own])}\n${hint(program)}`
    );
  }
  const { more, about, usage = '[flags]', name } = command;
  const below = commandList(name);
  const isParent = below !== '';
  return (
    `${more?.(program) ?? about}\n\n` +
    `Usage:\n  ${[program, name, usage].filter(Boolean).join(' ')}\n\n` +
    (isParent ? `${below}\n` : '') +
    `Flags:\n${flagLines(localFlags(flags, command))}\n` +
    `Global Flags:\n${flagLines(flags.defaults)}` +
    (isParent ? `\n${hint(`${program} ${name}`)}` : '')
  );
}

/** All flags of the program itself, as its help shows them. */
export function shownFlags(program: string, { defaults, own }: FlagSets): Flag[] {
  return [...defaults, ...own, builtIn('help', 'h', program), builtIn('version', 'v', program)];
}

function localFlags({ own }: FlagSets, command: Command): Flag[] {
  return [...(command.isConfigured ? own : []), ...(command.flags ?? []), builtIn('help', 'h', wordOf(command))];
}

function commandList(parent?: 'completion' | Command['name']): string {
  const below = commandsBelow(parent);
  if (below.length === 0) return '';
  // The genuine column is made for the hidden ones as well.
  const all = parent === undefined ? commands.filter(({ name }) => !name.includes(' ')) : below;
  const width = Math.max(11, ...all.map((command) => wordOf(command).length));
  const lines = below.map((command) => `  ${wordOf(command).padEnd(width)} ${command.about}\n`);
  return `Available Commands:\n${lines.join('')}`;
}

const hint = (of: string): string => `Use "${of} [command] --help" for more information about a command.\n`;

const builtIn = (name: 'help' | 'version', short: string, of: string): Flag => ({
  name,
  short,
  type: 'bool',
  help: `${name} for ${of}`,
  flagOnly: true,
});

function flagLines(flags: readonly Flag[]): string {
  const shown = flags
    .filter((flag) => !flag.hidden)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => {
      const type = flag.type === 'bool' ? '' : ` ${flag.type}`;
      const head = `  ${flag.short === undefined ? '    ' : `-${flag.short}, `}--${flag.name}${type}`;
      return { head, text: describeFlag(flag) };
    });
  const width = Math.max(...shown.map(({ head }) => head.length)) + 3;
  return shown.map(({ head, text }) => `${head.padEnd(width)}${text}`.trimEnd()).join('\n') + '\n';
}

/** What stands beside a flag: its text, its variable, its default where it is not the zero of its type. */
export function describeFlag(flag: Flag): string {
  const parts: string[] = [];
  if (flag.required) parts.push('required:');
  if (flag.help !== '') parts.push(flag.help);
  if (flag.choices !== undefined) parts.push(`(one of ${flag.choices.join(', ')})`);
  if (!flag.flagOnly) {
    const variable = variableOf(flag.name);
    parts.push(flag.secret ? `($${variable} or $${variable}_FILE)` : `($${variable})`);
  }
  if (typeof flag.default === 'string' && flag.default !== '') parts.push(`(default ${JSON.stringify(flag.default)})`);
  if (typeof flag.default === 'number' && flag.default !== 0) parts.push(`(default ${flag.default})`);
  if (flag.default === true) parts.push('(default true)');
  if (flag.type === 'strings' && Array.isArray(flag.default)) parts.push(`(default [${flag.default.join(',')}])`);
  // The genuine library prints it for maps alone (protocol: runtime 1.6).
  if (flag.type === 'stringToString') parts.push('(default [])');
  return parts.join(' ');
}
