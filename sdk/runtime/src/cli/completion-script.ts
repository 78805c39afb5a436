import { commands, commandsBelow, wordOf } from './commands.ts';
import type { Shell } from './commands.ts';
import { candidateFlags } from './complete.ts';
import type { FlagSets } from './help.ts';

interface Words {
  /** Empty: the program itself. */
  of: string;
  words: { word: string; about: string; takesValue: boolean }[];
}

/**
 * A script that completes commands and flags. All that it knows stands in it: asking the program at each press of a key
 * would be too slow.
 */
export function completionScript(shell: Shell, program: string, flags: FlagSets, hasDescriptions: boolean): string {
  const described = (text: string): string => (hasDescriptions ? text : '');
  const places: Words[] = [undefined, ...commands.filter(({ hidden, name }) => !hidden && !name.includes(' '))].map(
    (command) => ({
      of: command?.name ?? '',
      words: [
        ...(command === undefined || command.name === 'completion' ? commandsBelow(command?.name) : []).map((one) => ({
          word: wordOf(one),
          about: described(one.about),
          takesValue: false,
        })),
        ...candidateFlags(program, flags, command).map((flag) => ({
          word: `--${flag.name}`,
          about: described(flag.help),
          takesValue: flag.type !== 'bool',
        })),
      ],
    }),
  );
  // A zsh that finds the file in its own folders looks for the name in the first line.
  const first = shell === 'zsh' ? `#compdef ${program}\n` : '';
  const head = `${first}# ${shell} completion for ${program}; made by: ${program} completion ${shell}\n`;
  return head + scripts[shell](program, `_${program.replaceAll(/\W/g, '_')}`, places);
}

const names = (places: readonly Words[]): string[] => places.flatMap(({ of }) => (of === '' ? [] : [of]));
const list = (place: Words, isFlag: boolean) => place.words.filter(({ word }) => word.startsWith('-') === isFlag);
const valued = (places: readonly Words[]): string[] => [
  ...new Set(places.flatMap(({ words }) => words.filter(({ takesValue }) => takesValue).map(({ word }) => word))),
];
const single = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const scripts: Record<Shell, (program: string, name: string, places: readonly Words[]) => string> = {
  bash: (program, name, places) => `${name}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command= commands= flags= i
  COMPREPLY=()
  case $before in
    ${valued(places).join('|')}) return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${names(places).join('|')}) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case $command in
${places
  .map(
    (place) => `    ${single(place.of)})
      commands=${single(
        list(place, false)
          .map(({ word }) => word)
          .join(' '),
      )}
      flags=${single(
        list(place, true)
          .map(({ word }) => word)
          .join(' '),
      )}
      ;;
`,
  )
  .join('')}  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$commands" -- "$word")) ;;
  esac
}
complete -o default -F ${name} ${program}
`,
  zsh: (program, name, places) => `${name}() {
  local -a words_here flags_here
  local command= word
  for word in $words[2,CURRENT-1]; do
    case $word in
      ${names(places).join('|')}) command=$word; break ;;
    esac
  done
  case $command in
${places
  .map((place) => {
    const entries = (isFlag: boolean): string =>
      list(place, isFlag)
        .map(({ word, about }) => single(about === '' ? word : `${word}:${about.replaceAll(':', String.raw`\:`)}`))
        .join(' ');
    return `    ${single(place.of)})
      words_here=(${entries(false)})
      flags_here=(${entries(true)})
      ;;
`;
  })
  .join('')}  esac
  case $words[CURRENT-1] in
    ${valued(places).join('|')}) _files; return ;;
  esac
  if [[ $words[CURRENT] == -* ]]; then
    _describe -o flag flags_here
  elif (( $#words_here )); then
    _describe command words_here
  fi
}
if [[ $funcstack[1] == _${program} ]]; then
  ${name} "$@"
else
  compdef ${name} ${program}
fi
`,
  fish: (program, _name, places) =>
    places
      .flatMap((place) => {
        const others = names(places).join(' ');
        const condition = single(
          place.of === '' ? `not __fish_seen_subcommand_from ${others}` : `__fish_seen_subcommand_from ${place.of}`,
        );
        return place.words.map(({ word, about, takesValue }) => {
          const what = word.startsWith('--') ? `-l ${word.slice(2)}${takesValue ? ' -r' : ''}` : `-f -a ${word}`;
          const text = about === '' ? '' : ` -d ${single(about)}`;
          return `complete -c ${program} -n ${condition} ${what}${text}\n`;
        });
      })
      .join(''),
  powershell: (program, _name, places) => {
    // Curly quotes end such a text as well; and a name is compared as it stands, whatever the culture makes of hyphens.
    const quote = (text: string): string => `'${text.replaceAll(/['\u2018-\u201B]/g, '$&$&')}'`;
    const table = places.map(({ of, words }) => {
      const entries = words.map(({ word, about }) => `@(${quote(word)}, ${quote(about === '' ? word : about)})`);
      return `    ${quote(of)} = @(\n      ${entries.join(',\n      ')}\n    )\n`;
    });
    return `Register-ArgumentCompleter -Native -CommandName ${quote(program)} -ScriptBlock {
  param($word, $line, $position)
  $places = @{
${table.join('')}  }
  $place = ''
  foreach ($part in $line.CommandElements | Select-Object -Skip 1) {
    $text = $part.ToString()
    if ($text -ne '' -and $text -ne $word -and $places.ContainsKey($text)) { $place = $text; break }
  }
  foreach ($entry in $places[$place]) {
    if ($entry[0].StartsWith($word, [System.StringComparison]::Ordinal)) {
      [System.Management.Automation.CompletionResult]::new($entry[0], $entry[0], 'ParameterValue', $entry[1])
    }
  }
}
`;
  },
};
