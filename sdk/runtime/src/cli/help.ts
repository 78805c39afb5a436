import type { Flag } from './flag.ts';
import { variableOf } from './flag.ts';
import type { Command } from './parse-arguments.ts';

export interface Program {
  name: string;
  version: string;
}

const about: Record<'capabilities' | 'config' | 'doctor' | 'help' | 'serve', string> = {
  capabilities: 'Print what the connector can do, as JSON',
  config: 'Print the configuration fields, as JSON',
  doctor: 'Check address, key and every list that a sync needs, and say which settings to use',
  help: 'Help about any command',
  serve: 'Serve the connector over gRPC, for syncers elsewhere',
};

/** Help in the genuine layout (protocol: runtime 1.6); the sentences are ours. */
export function helpText(program: Program, defaults: readonly Flag[], own: readonly Flag[], topic?: Command): string {
  const { name } = program;
  const forAll = defaults.filter((flag) => flag.command === undefined);
  if (topic === undefined || !(topic in about)) {
    const commands = Object.entries(about).map(([command, text]) => `  ${command.padEnd(18)} ${text}\n`);
    return (
      `${name}\n\nUsage:\n  ${name} [flags]\n  ${name} [command]\n\n` +
      `Available Commands:\n${commands.join('')}\n` +
      `Flags:\n${flagLines([...forAll, ...own, helpFlag(name), versionFlag(name)])}\n` +
      `Use "${name} [command] --help" for more information about a command.\n`
    );
  }
  const command = topic as keyof typeof about;
  const usage = command === 'help' ? `${name} help [command] [flags]` : `${name} ${command} [flags]`;
  return (
    `${about[command]}\n\nUsage:\n  ${usage}\n\n` +
    `Flags:\n${flagLines([...ownOf(command, defaults, own), helpFlag(command)])}\nGlobal Flags:\n${flagLines(forAll)}`
  );
}

/** A command that asks the source needs the connector's own flags as well. */
function ownOf(command: string, defaults: readonly Flag[], own: readonly Flag[]): Flag[] {
  return command === 'doctor' || command === 'serve'
    ? [...defaults.filter((flag) => flag.command === command), ...own]
    : [];
}

const helpFlag = (of: string): Flag => ({
  name: 'help',
  short: 'h',
  type: 'bool',
  help: `help for ${of}`,
  flagOnly: true,
});
const versionFlag = (of: string): Flag => ({
  name: 'version',
  short: 'v',
  type: 'bool',
  help: `version for ${of}`,
  flagOnly: true,
});

function flagLines(flags: readonly Flag[]): string {
  const shown = flags
    .filter((flag) => !flag.hidden)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => {
      const type = flag.type === 'bool' ? '' : ` ${flag.type}`;
      const head = `  ${flag.short === undefined ? '    ' : `-${flag.short}, `}--${flag.name}${type}`;
      return { head, text: describe(flag) };
    });
  const width = Math.max(...shown.map(({ head }) => head.length)) + 3;
  return shown.map(({ head, text }) => `${head.padEnd(width)}${text}\n`).join('');
}

function describe(flag: Flag): string {
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
