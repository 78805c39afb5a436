import type { ConnectorDefinition } from '@batonkit/connector';
import { toConfiguration } from '@batonkit/connector';
import type { Shell } from './commands.ts';
import { commandNamed } from './commands.ts';
import type { FlagSets } from './help.ts';
import { helpText } from './help.ts';
import type { ParsedArguments } from './parse-arguments.ts';

export interface Answer {
  text: string;
  /** Standard error gets it: what was asked for is not there. */
  isWrong?: true;
}

/** What needs no configuration; undefined for what needs one. Everything ends with 0 (protocol: runtime 1.4). */
export async function answerCommand(
  definition: ConnectorDefinition,
  parsed: ParsedArguments,
  flags: FlagSets,
): Promise<Answer | undefined> {
  const { name, version } = definition;
  const { command, rest } = parsed;
  if (parsed.help) return { text: helpText(name, flags, command) };
  if (parsed.version) return { text: `${name} version ${version}\n` };
  switch (command?.name) {
    case 'help':
      return helpOf(rest, name, flags);
    case 'completion':
      return { text: helpText(name, flags, command) };
    case 'completion bash':
    case 'completion fish':
    case 'completion powershell':
    case 'completion zsh': {
      const { completionScript } = await import('./completion-script.ts');
      const shell = command.name.slice('completion '.length) as Shell;
      return { text: completionScript(shell, name, flags, parsed.values.get('no-descriptions') !== true) };
    }
    case '__complete': {
      const { completions } = await import('./complete.ts');
      return { text: completions(name, flags, rest) };
    }
    case 'config': {
      const { configJson } = await import('./print-config.ts');
      return { text: configJson(toConfiguration(definition), flags.defaults) };
    }
    case 'capabilities': {
      const { capabilitiesJson } = await import('./print-capabilities.ts');
      return { text: capabilitiesJson(definition) };
    }
    case 'doctor':
    case 'health-check':
    case 'serve':
    case '_connector-service':
    case undefined:
    default:
      return undefined;
  }
}

/** The longest name of a command that the words begin with; a word that names none is said. */
function helpOf(words: readonly string[], program: string, flags: FlagSets): Answer {
  const [first, second] = words;
  if (first === undefined) return { text: helpText(program, flags) };
  const command = commandNamed(`${first} ${second}`) ?? commandNamed(first);
  if (command !== undefined && !first.includes(' ')) return { text: helpText(program, flags, command) };
  return {
    text: `There is no help about ${JSON.stringify(first)}.\n\n${helpText(program, flags, undefined, false)}`,
    isWrong: true,
  };
}
