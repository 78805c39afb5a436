import { Command, CommanderError, Option } from 'commander';
import { fail } from './errors.ts';
import { FORMATS } from './request.ts';
import type { Filter, Format, Request, ViewName } from './request.ts';

// Genuine names that this release does not have: a sentence is better than "unknown command".
const LATER = new Set(
  'principals access stats syncs diff export explorer recalculate-stats optimize to-pebble sanitize rollback-expansion dump-db'.split(
    ' ',
  ),
);

const FLAGS = {
  resourceType: ['-t, --resource-type <id>', 'only of this resource type'],
  resource: ['-r, --resource <id>', 'only of this resource; needs --resource-type'],
  entitlement: ['-e, --entitlement <id>', 'only of this entitlement'],
} as const;

interface Options extends Filter {
  file: string;
  outputFormat: Format;
}

/**
 * Reads a command line under the genuine names (protocol: c1z.md 8).
 *
 * @throws BatonError `BK-CLI-USAGE`, `BK-CLI-LATER`
 */
export function parseCommandLine(argv: readonly string[], version: string): Request {
  let request: Request | undefined;
  let printed = '';
  const program = new Command('c1z')
    .description('Looks into a .c1z file and verifies it. The file is never changed.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('-f, --file <path>', 'the file to read', 'sync.c1z')
    .addOption(
      new Option('-o, --output-format <format>', 'how to print; table is another word for console')
        .choices([...FORMATS])
        .default('console'),
    )
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => (printed += text), writeErr: () => undefined })
    .exitOverride();

  const add = (
    name: string,
    description: string,
    flags: (keyof typeof FLAGS)[],
    take: (o: Options) => Request,
  ): void => {
    const command = program.command(name).description(description);
    for (const [flag, help] of flags.map((name) => FLAGS[name])) command.option(flag, help);
    command.action((_own, self: Command) => {
      request = take(self.optsWithGlobals<Options>());
    });
  };
  const view =
    (name: ViewName) =>
    ({ file, outputFormat, resourceType, resource, entitlement }: Options): Request => {
      if (resource !== undefined && entitlement !== undefined)
        throw fail('BK-CLI-USAGE', { what: '--resource and --entitlement exclude each other', command: `c1z ${name}` });
      if (resource !== undefined && resourceType === undefined)
        throw fail('BK-CLI-USAGE', { what: '--resource needs --resource-type', command: `c1z ${name}` });
      const filter: Filter = {
        ...(resourceType === undefined ? {} : { resourceType }),
        ...(resource === undefined ? {} : { resource }),
        ...(entitlement === undefined ? {} : { entitlement }),
      };
      return { kind: 'view', view: name, file, format: outputFormat, filter };
    };
  add('resource-types', 'list the resource types', [], view('resource-types'));
  add('resources', 'list the resources: users, roles and others', ['resourceType'], view('resources'));
  add('entitlements', 'list what can be granted', ['resourceType'], view('entitlements'));
  add('grants', 'list who holds what', ['resourceType', 'resource', 'entitlement'], view('grants'));
  add('admins', 'list who can administer, the strongest tier first', [], view('admins'));
  add('verify', 'check the file and the certificate beside it', [], ({ file, outputFormat }) => ({
    kind: 'verify',
    file,
    format: outputFormat,
  }));

  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.help') return { kind: 'text', text: program.helpInformation() };
    if (error.exitCode === 0) return { kind: 'text', text: printed };
    throw explain(error, program.args, argv);
  }
  // Only an action ends a parse without an error.
  if (request === undefined) throw fail('BK-CLI-USAGE', { what: 'it names no command', command: 'c1z' });
  return request;
}

function explain({ code, message }: CommanderError, args: readonly string[], argv: readonly string[]): Error {
  const word = args[0] ?? '';
  if (code === 'commander.unknownCommand' && LATER.has(word)) return fail('BK-CLI-LATER', { what: `"c1z ${word}"` });
  if (code === 'commander.unknownOption' && argv.some((each) => /^--sync-id(=|$)/.test(each)))
    return fail('BK-CLI-LATER', { what: 'Choosing a run with --sync-id' });
  const what = message
    .replace(/^error: /, '')
    .replace(/\n/g, ' ')
    .replace(/[.?]$/, '');
  return fail('BK-CLI-USAGE', { what, command: 'c1z' });
}
