import type { Flag } from './flag.ts';

const shells = ['bash', 'fish', 'powershell', 'zsh'] as const;
export type Shell = (typeof shells)[number];
export type CommandName =
  | 'capabilities'
  | 'completion'
  | `completion ${Shell}`
  | 'config'
  | 'doctor'
  | 'health-check'
  | 'help'
  | 'serve'
  | '_connector-service'
  | '__complete';

/** A subcommand. All of them accept the default flags. */
export interface Command {
  name: CommandName;
  /** One line, without a full stop. */
  about: string;
  /** What its own help says in place of `about`. */
  more?: (program: string) => string;
  hidden?: true;
  /** It opens the connector, so it takes the connector's own flags. */
  isConfigured?: true;
  /** What it has beside the default flags. */
  flags?: readonly Flag[];
  /** What stands after its name in the usage line; `[flags]` unless said otherwise. */
  usage?: string;
}

const completion = (shell: Shell, load: (program: string) => string): Command => ({
  name: `completion ${shell}`,
  about: `Print the completion script for ${shell}`,
  more: (program) =>
    `Prints a script that completes the commands and flags of ${program} in ${shell}.\n\n` +
    `For this session only:\n\n\t${load(program)}`,
  // As recorded: of the four, only the first has no flags in this line.
  ...(shell === 'bash' ? { usage: '' } : {}),
  flags: [{ name: 'no-descriptions', type: 'bool', flagOnly: true, help: 'leave out the descriptions' }],
});

/** In the order in which help shows them. */
export const commands: readonly Command[] = [
  { name: 'capabilities', about: 'Print what the connector can do, as JSON' },
  {
    name: 'completion',
    about: 'Print a script for the completion of commands and flags in a shell',
    more: (program) =>
      `Prints a script that completes the commands and flags of ${program}. The help of each shell says how to load it.`,
    usage: '[command]',
  },
  completion('bash', (program) => `source <(${program} completion bash)`),
  completion('fish', (program) => `${program} completion fish | source`),
  completion('powershell', (program) => `${program} completion powershell | Out-String | Invoke-Expression`),
  completion('zsh', (program) => `source <(${program} completion zsh)`),
  { name: 'config', about: 'Print the configuration fields, as JSON' },
  {
    name: 'doctor',
    about: 'Check address, key and every list that a sync needs, and say which settings to use',
    isConfigured: true,
    flags: [
      {
        name: 'output',
        type: 'string',
        default: 'table',
        flagOnly: true,
        help: 'Form of the findings: table or jsonl',
      },
      {
        name: 'report',
        type: 'string',
        flagOnly: true,
        help: 'File for a report without any value of the source, to be sent to the maintainers',
      },
    ],
  },
  {
    name: 'health-check',
    about: 'Ask the health server of a running connector',
    more: (program) =>
      `Asks the health server of a connector that runs with --health-check, says nothing and ends with 0 if it is well.\n\n` +
      `Made for the probes of a container:\n\n\t${program} health-check --endpoint ready`,
    flags: [
      {
        name: 'endpoint',
        type: 'string',
        default: 'health',
        flagOnly: true,
        help: 'What to ask: health, ready or live',
      },
      { name: 'timeout', type: 'int', default: 5, flagOnly: true, help: 'Longest wait for the answer, in seconds' },
    ],
  },
  { name: 'help', about: 'Help about any command', usage: '[command] [flags]' },
  {
    name: 'serve',
    about: 'Serve the connector over gRPC, for syncers elsewhere',
    isConfigured: true,
    flags: [
      {
        name: 'listen',
        type: 'string',
        default: '127.0.0.1:0',
        flagOnly: true,
        help: 'Where to serve: host:port, or unix:/path',
      },
      { name: 'tls-cert', type: 'string', flagOnly: true, help: 'Certificate to show, PEM' },
      { name: 'tls-key', type: 'string', flagOnly: true, help: 'Its key, PEM' },
      { name: 'tls-client-ca', type: 'string', flagOnly: true, help: 'Authority whose clients are served, PEM' },
    ],
  },
  {
    name: '_connector-service',
    about: 'Serve the connector to the program that started this one',
    hidden: true,
    isConfigured: true,
  },
  { name: '__complete', about: 'Print completions of a command line', hidden: true },
];

export const commandNamed = (name: string): Command | undefined => commands.find((command) => command.name === name);

/** Those directly below a command, or below the program itself. */
export function commandsBelow(parent?: CommandName): Command[] {
  return commands.filter(({ name, hidden }) => {
    if (hidden) return false;
    const words = name.split(' ');
    return parent === undefined ? words.length === 1 : words.length === 2 && words[0] === parent;
  });
}

/** The last word of a command's name. */
export const wordOf = ({ name }: Pick<Command, 'name'>): string => name.slice(name.lastIndexOf(' ') + 1);
