import { Command, InvalidArgumentError } from 'commander';

export interface ServeOptions {
  data: string;
  port: number;
  connector: string[];
  allowOrigin: string[];
  readyJson: boolean;
  endWithStdin: boolean;
}

/** Reads the command line. On a fault it prints a sentence and ends with exit code 2. */
export function readCommandLine(argv: readonly string[], version: string): ServeOptions {
  let asked: ServeOptions | undefined;
  const ends = (error: { exitCode: number }): never => process.exit(error.exitCode === 0 ? 0 : 2);
  const program = new Command('batonkit-console')
    .description('The console: sets connectors up, runs them, and shows who can administer what.')
    .version(version)
    .exitOverride(ends);
  program
    .command('serve')
    .description('Start the console on the loopback address and print a sign-in link.')
    .requiredOption('--data <directory>', 'where database, key and artefacts lie; made if missing')
    .option('--port <n>', 'port on 127.0.0.1; 0 takes a free one', port, 3000)
    .option('--connector <program>', 'a connector program to offer (repeatable)', collect, [])
    .option('--allow-origin <origin>', 'an origin on this machine that a connector may reach (repeatable)', origin, [])
    .option('--ready-json', 'print one line of JSON once it listens, for programs', false)
    .option('--end-with-stdin', 'end when standard input is closed, for programs that start it', false)
    .allowExcessArguments(false)
    .exitOverride(ends)
    .action((options: ServeOptions) => {
      asked = options;
    });
  program.parse([...argv], { from: 'user' });
  if (asked === undefined) program.help({ error: true });
  return asked as ServeOptions;
}

const collect = (value: string, before: string[]): string[] => [...before, value];

function port(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) {
    throw new InvalidArgumentError('A number from 0 to 65535 is needed.');
  }
  return Number(value);
}

function origin(value: string, before: string[]): string[] {
  if (!URL.canParse(value) || new URL(value).origin !== value) {
    throw new InvalidArgumentError('An origin such as http://127.0.0.1:8080 is needed.');
  }
  return [...before, value];
}
