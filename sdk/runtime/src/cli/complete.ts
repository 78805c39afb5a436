import { commandsBelow, wordOf } from './commands.ts';
import { findCommand } from './find-command.ts';
import type { FlagSets } from './help.ts';
import { describeFlag, shownFlags } from './help.ts';

/**
 * The lines that a script of the genuine connectors asks for: each candidate for the last word with its description,
 * then `:4`, which says that file names are none (observed from the genuine program).
 */
export function completions(program: string, flags: FlagSets, argv: readonly string[]): string {
  const last = argv.at(-1) ?? '';
  const before = argv.slice(0, -1);
  const { command } = findCommand(before, [...flags.defaults, ...flags.own]);
  const shown = candidateFlags(program, flags, command);
  const isFlag = last.startsWith('-');
  const lines = isFlag
    ? shown.map((flag) => [`--${flag.name}`, describeFlag(flag)])
    : [
        ...(command === undefined || command.name === 'completion' ? commandsBelow(command?.name) : []).map((one) => [
          wordOf(one),
          one.about,
        ]),
        // Without a word begun, what a run cannot do without.
        ...(last === '' && command === undefined ? shown.filter(({ required }) => required) : []).map((flag) => [
          `--${flag.name}`,
          describeFlag(flag),
        ]),
      ];
  return [...lines.filter(([word]) => word?.startsWith(last)).map((line) => `${line.join('\t')}\n`), ':4\n'].join('');
}

type Found = ReturnType<typeof findCommand>['command'];

/** The flags that can stand in a command line, without hidden ones, by name. */
export function candidateFlags(program: string, flags: FlagSets, command: Found) {
  const takesOwn = command === undefined || command.isConfigured === true;
  const all = [...shownFlags(program, { ...flags, own: takesOwn ? flags.own : [] }), ...(command?.flags ?? [])];
  return all
    .filter(({ hidden, name }) => !hidden && (command === undefined || name !== 'version'))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
