import { Command, CommanderError, Option } from 'commander';
import { fail } from './errors.ts';
import { FORMATS } from './request.ts';
import type { Filter, Format, Request, ViewName } from './request.ts';

// Genuine names that this release does not have: a sentence is better than "unknown command".
const LATER = new Set(
  'explorer recalculate-stats optimize to-pebble sanitize rollback-expansion dump-db xlsx'.split(' '),
);

const FLAGS = {
  resourceType: ['-t, --resource-type <id>', 'only of this resource type'],
  resource: ['-r, --resource <id>', 'only of this resource; needs --resource-type'],
  entitlement: ['-e, --entitlement <id>', 'only of this entitlement'],
  syncId: ['--sync-id <id>', 'the run to read; default: the newest finished one'],
  compareFile: ['--compare-file <path>', 'the file to compare with; default: the same'],
  compareEntitlement: ['--compare-entitlement <id>', 'its entitlement; default: the same'],
  certificateKey: [
    '--certificate-key <path...>',
    'public keys (PEM) of those who may sign; then a signature must be one of theirs',
  ],
} as const;
type Flag = keyof typeof FLAGS;

interface Options extends Filter {
  file: string;
  outputFormat: Format;
  syncId?: string;
  compareFile?: string;
  compareEntitlement?: string;
  certificateKey?: string[];
  out?: string;
}

type Take = (options: Options) => Request;

/**
 * Reads a command line under the genuine names (protocol: c1z.md 8).
 *
 * @throws BatonError `BK-CLI-USAGE`, `BK-CLI-LATER`
 */
export function parseCommandLine(argv: readonly string[], version: string): Request {
  let request: Request | undefined;
  let printed = '';
  const quiet = { writeOut: (text: string) => void (printed += text), writeErr: () => undefined };
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
    .configureOutput(quiet)
    .exitOverride();

  const add = (parent: Command, name: string, description: string, flags: Flag[], take?: Take): Command => {
    const command = parent.command(name).description(description);
    for (const [flag, help] of flags.map((each) => FLAGS[each])) command.option(flag, help);
    if (take !== undefined)
      command.action((_own, self: Command) => {
        request = take(self.optsWithGlobals<Options>());
      });
    return command;
  };
  const list = (view: ViewName, description: string, flags: Flag[]): Command =>
    add(program, view, description, [...flags, ...(view === 'syncs' ? [] : (['syncId'] as const))], (options) => ({
      ...common(options),
      kind: 'view',
      view,
      filter: filterOf(view, options),
    }));

  list('resource-types', 'list the resource types', []);
  list('resources', 'list the resources: users, roles and others', ['resourceType']);
  list('entitlements', 'list what can be granted', ['resourceType']);
  list('grants', 'list who holds what', ['resourceType', 'resource', 'entitlement']);
  const principals = list('principals', 'list who holds anything', ['resourceType', 'resource', 'entitlement']);
  add(principals, 'compare', 'compare the holders of two entitlements', ['compareFile', 'compareEntitlement'], compare);
  add(program, 'access', 'show what one principal holds; needs -t and -r', ['resourceType', 'resource'], access);
  add(program, 'stats', 'count the rows of the newest finished run', [], (options) => ({
    ...common(options),
    kind: 'stats',
  }));
  list('syncs', 'list the runs in the file', []);
  add(program, 'diff', 'compare the two newest full runs, as JSON', [], (options) => ({
    ...common(options),
    kind: 'diff',
  }));
  const exports = add(program, 'export', 'write to another file', []);
  add(exports, 'csv', 'everything as one table', ['syncId'], exportTo('csv', './sync.csv')).option(
    '--out <path>',
    'the file to write',
    './sync.csv',
  );
  add(exports, 'c1z', 'one run as a file of its own', ['syncId'], exportTo('c1z', './latest.c1z')).option(
    '--out <path>',
    'the file to write; nothing may lie there',
    './latest.c1z',
  );
  list('admins', 'list who can administer, the strongest tier first', []);
  add(program, 'verify', 'check the file and the certificate beside it', ['certificateKey'], (options) => ({
    ...common(options),
    kind: 'verify',
    keys: options.certificateKey ?? [],
  }));

  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.help') return { kind: 'text', text: printed || program.helpInformation() };
    if (error.exitCode === 0) return { kind: 'text', text: printed };
    throw explain(error, argv);
  }
  // Only an action ends a parse without an error.
  if (request === undefined) throw fail('BK-CLI-USAGE', { what: 'it names no command', command: 'c1z' });
  return request;
}

function common({ file, outputFormat, syncId }: Options): {
  file: string;
  format: Format;
  syncId?: string;
} {
  return { file, format: outputFormat, ...(syncId === undefined ? {} : { syncId }) };
}

function filterOf(view: ViewName, { resourceType, resource, entitlement }: Options): Filter {
  if (resource !== undefined && entitlement !== undefined)
    throw fail('BK-CLI-USAGE', { what: '--resource and --entitlement exclude each other', command: `c1z ${view}` });
  if (resource !== undefined && resourceType === undefined)
    throw fail('BK-CLI-USAGE', { what: '--resource needs --resource-type', command: `c1z ${view}` });
  return {
    ...(resourceType === undefined ? {} : { resourceType }),
    ...(resource === undefined ? {} : { resource }),
    ...(entitlement === undefined ? {} : { entitlement }),
  };
}

function access(options: Options): Request {
  const { resourceType, resource } = options;
  if (resourceType === undefined || resource === undefined)
    throw fail('BK-CLI-USAGE', { what: 'it needs both --resource-type and --resource', command: 'c1z access' });
  return { ...common(options), kind: 'access', principal: { resourceType, resource } };
}

function compare(options: Options): Request {
  const { entitlement, compareFile, compareEntitlement, file } = options;
  const command = 'c1z principals compare';
  if (entitlement === undefined) throw fail('BK-CLI-USAGE', { what: 'it needs --entitlement', command });
  if (compareFile === undefined && compareEntitlement === undefined)
    throw fail('BK-CLI-USAGE', { what: 'it needs --compare-file or --compare-entitlement', command });
  return {
    ...common(options),
    kind: 'compare',
    entitlement,
    other: { file: compareFile ?? file, entitlement: compareEntitlement ?? entitlement },
  };
}

function exportTo(to: 'csv' | 'c1z', place: string): Take {
  return (options) => ({ ...common(options), kind: 'export', to, out: options.out ?? place });
}

function explain({ code, message }: CommanderError, argv: readonly string[]): Error {
  const later = argv.find((word) => LATER.has(word));
  if (/unknownCommand|excessArguments/.test(code) && later !== undefined)
    return fail('BK-CLI-LATER', { what: `"c1z ${argv.includes('export') ? 'export ' : ''}${later}"` });
  const what = message
    .replace(/^error: /, '')
    .replace(/\n/g, ' ')
    .replace(/[.?]$/, '');
  return fail('BK-CLI-USAGE', { what, command: 'c1z' });
}
