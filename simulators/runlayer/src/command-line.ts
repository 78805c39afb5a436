import { Command, InvalidArgumentError, Option } from 'commander';

import { families } from './behaviours/behaviour.ts';
import { behaviourOf, kinds } from './behaviours/index.ts';
import { catalogue } from './catalogue.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { faultFamilies } from './faults/fault.ts';
import { faultKinds } from './faults/index.ts';

/** What was asked for on the command line. Absent = not given: a data directory or a default decides. */
export interface Asked {
  readonly port?: number;
  readonly users?: number;
  readonly seed?: number;
  readonly customRoles?: number;
  readonly assignments?: 'embedded' | 'per-user';
  readonly maxLimit?: number;
  readonly behaviour?: readonly string[];
  readonly fault?: readonly string[];
  readonly faultPlan?: number;
  readonly latency?: number;
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  readonly data?: string;
  readonly adminToken?: string;
  readonly readyJson?: true;
  readonly endWithStdin?: true;
}

/** Reads the command line. On a fault it prints a sentence and ends with exit code 2. */
export function readCommandLine(argv: readonly string[]): Asked {
  const program = new Command('runlayer-simulator')
    .description(
      'A simulated Runlayer tenant on the loopback address, with people, roles, keys and faults made from a seed.',
    )
    .option('--port <n>', 'port on 127.0.0.1; 0 takes a free one (default: 8080)', whole(0, 65_535))
    .option('--users <n>', 'size of the tenant, 1 to 1000000 (default: 1000)', whole(1, 1_000_000))
    .option('--seed <n>', 'the same seed always makes the same tenant and keys (default: 1)', whole(0, 2 ** 48))
    .option('--custom-roles <n>', 'roles beside the seven of the platform (default: 3)', whole(0, 50))
    .addOption(
      new Option('--assignments <form>', 'where the roles of a user stand (default: embedded)').choices([
        'embedded',
        'per-user',
      ]),
    )
    .option(
      '--max-limit <n>',
      'largest page that is granted; a larger limit gets 422 (default: 1000)',
      whole(1, 100_000),
    )
    .option('--behaviour <name>', 'switches a behaviour on (repeatable; list below)', behaviour)
    .option('--fault <fault>', 'makes one request go wrong (repeatable; list below)', fault)
    .option('--fault-plan <seed>', 'draws three to six faults from a seed', whole(0, 2 ** 40))
    .option('--latency <ms>', 'milliseconds before each answer (default: 0)', whole(0, 600_000))
    .option('--tls-certificate <file>', 'speaks TLS, with this certificate (PEM) and the key of --tls-key')
    .option('--tls-key <file>', 'the key of the certificate (PEM)')
    .option('--data <directory>', 'keeps settings and changes there, for the next start')
    .option('--admin-token <token>', 'token of the admin API and page (default: a random one)', token)
    .option('--ready-json', 'prints one line of JSON once it listens, for programs')
    .option('--end-with-stdin', 'ends when standard input is closed, for programs that start it')
    .option('--list-json', 'prints behaviours and faults as JSON, and ends')
    .addHelpText(
      'after',
      () => `\nBehaviours (--behaviour NAME; several may be combined):\n${listed()}${listedFaults()}`,
    )
    .configureOutput({ outputError: (message, write) => write(message) })
    .allowExcessArguments(false)
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  program.parse([...argv], { from: 'user' });
  const asked = program.opts<Asked & { listJson?: true }>();
  if (asked.listJson) {
    process.stdout.write(`${JSON.stringify(catalogue)}\n`);
    process.exit(0);
  }
  if ((asked.tlsCertificate === undefined) !== (asked.tlsKey === undefined)) {
    program.error('error: --tls-certificate and --tls-key go together.');
  }
  return asked;
}

const width = 36;

function listed(): string {
  return Object.entries(families)
    .map(([family, title]) => {
      const lines = kinds
        .filter((kind) => kind.family === family)
        .map(({ name, form, says, kind }) => `  ${(name + form).padEnd(width)}  ${kind.padEnd(6)}  ${says}\n`);
      return `\n ${title}\n${lines.join('')}`;
    })
    .join('');
}

function listedFaults(): string {
  const groups = Object.entries(Object.groupBy(faultKinds, ({ family }) => family)).map(([family, kinds]) => {
    const lines = kinds.map(({ name, form, says }) => `  ${`${name}@n[xK]${form}`.padEnd(width)}  ${says}\n`);
    return `\n ${faultFamilies[family as keyof typeof faultFamilies]}\n${lines.join('')}`;
  });
  return (
    '\nFaults (--fault NAME@n[xK][:ARGUMENT][:/PATH]): at the n-th request since the start, of those to PATH if one is\n' +
    'named, or the first after it that the fault fits; K times, x* for ever. The same plan does the same each time.\n' +
    groups.join('')
  );
}

const whole =
  (least: number, most: number) =>
  (value: string): number => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < least || number > most) {
      throw new InvalidArgumentError(`A whole number from ${least} to ${most} is needed.`);
    }
    return number;
  };

function behaviour(spec: string, before: readonly string[] = []): string[] {
  try {
    behaviourOf(spec);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
  return [...before, spec];
}

function fault(spec: string, before: readonly string[] = []): string[] {
  try {
    FaultPlan.of([spec], 0);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
  return [...before, spec];
}

function token(value: string): string {
  if (!/^[\x21-\x7e]{8,}$/.test(value))
    throw new InvalidArgumentError('At least 8 letters, digits or signs are needed.');
  return value;
}
