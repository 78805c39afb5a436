import type { Command } from './commands.ts';
import { commandNamed } from './commands.ts';
import type { Flag } from './flag.ts';

export interface FoundCommand {
  /** Absent: the program itself. */
  command?: Command;
  /** The arguments without the words that name the command. */
  argv: string[];
  /** The first word that names none, where one had to. */
  unknown?: string;
}

/**
 * Finds the command among the arguments as the command library of the genuine connectors does: before any flag is
 * looked at, knowing only whether the flags of the program itself take a value. So `--help` and `--version`, which it
 * does not know yet, swallow the next word (observed: `--version --page-size 5000` asks for the command "5000").
 */
export function findCommand(argv: readonly string[], flags: readonly Flag[]): FoundCommand {
  const rest = [...argv];
  const [at] = wordsOf(rest, flags);
  if (at === undefined) return { argv: rest };
  const [word = ''] = rest.splice(at, 1);
  const first = commandNamed(word);
  if (first === undefined || word.includes(' ')) return { argv: rest, unknown: word };
  const [next] = wordsOf(rest, flags);
  const second = next === undefined ? undefined : commandNamed(`${word} ${rest[next]}`);
  if (second === undefined || next === undefined) return { command: first, argv: rest };
  rest.splice(next, 1);
  return { command: second, argv: rest };
}

/** Where the words are that are neither flags nor, as far as can be told, values of flags. */
function wordsOf(argv: readonly string[], flags: readonly Flag[]): number[] {
  const isBool = (of: (flag: Flag) => boolean): boolean => flags.find(of)?.type === 'bool';
  const words: number[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const argument = argv[at] ?? '';
    if (argument === '--') break;
    if (argument.startsWith('--')) {
      if (!argument.includes('=') && !isBool(({ name }) => name === argument.slice(2))) at += 1;
    } else if (argument.startsWith('-')) {
      if (argument.length === 2 && !isBool(({ short }) => short === argument.slice(1))) at += 1;
    } else if (argument !== '') words.push(at);
  }
  return words;
}
