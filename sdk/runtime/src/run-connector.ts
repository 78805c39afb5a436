import type { ConnectorDefinition } from '@batonkit/connector';
import { toConfiguration } from '@batonkit/connector';
import type { BatonError, ErrorReport } from '@batonkit/kernel';
import { defaultFlags } from './cli/default-flags.ts';
import type { Flag } from './cli/flag.ts';
import { helpText } from './cli/help.ts';
import type { ParsedArguments } from './cli/parse-arguments.ts';
import { commands, parseArguments } from './cli/parse-arguments.ts';
import { capabilitiesJson } from './cli/print-capabilities.ts';
import { configJson } from './cli/print-config.ts';
import type { ConfigFile } from './configuration/config-file.ts';
import { readConfigFile } from './configuration/config-file.ts';
import { readHostedSecrets } from './configuration/hosted-secrets.ts';
import { ownFlags } from './configuration/own-flags.ts';
import { readSecretFromStdin } from './configuration/secret-from-stdin.ts';
import { readSettings } from './configuration/read-settings.ts';
import { fail } from './errors.ts';
import type { RunOptions } from './program.ts';

/**
 * Makes a connector a program. Returns its exit code, which is the status of the error that ended it
 * (protocol: runtime 1.5); nothing is thrown.
 *
 *     process.exitCode = await runConnector(runlayer, { argv: process.argv.slice(2), env: process.env, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, signals: process });
 */
export async function runConnector(definition: ConnectorDefinition, options: RunOptions): Promise<number> {
  const configuration = toConfiguration(definition);
  const logFormat = options.stdout.isTTY === true ? 'console' : 'json';
  const own = ownFlags(configuration);
  const names = new Set(own.map(({ name }) => name));
  const flags = {
    // A connector may have words of its own for what all have, such as its page size.
    defaults: defaultFlags
      .filter(({ name }) => !names.has(name))
      .map((flag) => (flag.name === 'log-format' ? { ...flag, default: logFormat } : flag)),
    own,
  };
  const parsed = parseArguments(definition.name, options.argv, flags);
  if (parsed.problems.length === 0) {
    const answer = answerCommand(definition, parsed, flags);
    if (typeof answer === 'string') {
      options.stdout.write(answer);
      return 0;
    }
    if (answer !== undefined) parsed.problems.push(answer);
  }

  const early: ErrorReport[] = parsed.problems.map(({ report }) => report);
  let hostedSecrets: ReadonlyMap<string, string> = new Map();
  let file: ConfigFile | undefined;
  let stdin: string | undefined;
  const { env } = options;
  const isHosted = parsed.values.get('hosted') === true;
  if (early.length === 0) {
    try {
      if (isHosted) hostedSecrets = readHostedSecrets();
      // A child's standard input is its parent's.
      else if (parsed.command !== '_connector-service')
        stdin = await readSecretFromStdin([...flags.defaults, ...own], env, options.stdin);
      file = await readConfigFile(env, !isHosted);
    } catch (error) {
      early.push((error as BatonError).report);
    }
  }
  const settings = readSettings({ ...flags, configuration, flags: parsed.values, env, file, stdin, hostedSecrets });
  // Half of what a sync needs; no command that only prints does.
  const { Program } = await import('./program.ts');
  await using program = new Program(definition, options, settings);
  // A wrong command line is said alone: what it left out would only be reported as missing.
  const problems = early.length > 0 ? early : settings.problems;
  if (parsed.command === 'doctor') return await program.doctor(problems);
  if (problems.length > 0) return program.refuse(problems);
  if (parsed.command === 'serve' || parsed.command === '_connector-service') return await program.serve(parsed.command);
  return settings.dryRun ? await program.dryRun() : await program.sync();
}

/** What needs no configuration: text for standard output, or why there is none; undefined for what needs one. */
function answerCommand(
  definition: ConnectorDefinition,
  parsed: ParsedArguments,
  flags: { defaults: Flag[]; own: Flag[] },
): string | BatonError | undefined {
  const { name, version } = definition;
  const { command } = parsed;
  if (command === 'help') {
    const topic = commands.find((one) => one === parsed.rest[0]);
    return helpText({ name, version }, flags.defaults, flags.own, parsed.help ? 'help' : topic);
  }
  if (parsed.help) return helpText({ name, version }, flags.defaults, flags.own, command);
  if (parsed.version) return `${name} version ${version}\n`;
  switch (command) {
    case undefined:
    case 'doctor':
    case 'serve':
    case '_connector-service':
      return undefined;
    case 'config':
      return configJson(toConfiguration(definition), flags.defaults);
    case 'capabilities':
      return capabilitiesJson(definition);
    default:
      return fail('BK-NOT-IN-RELEASE', {
        what: `The command "${command}"`,
        why: 'Other connectors have it.',
        instead: `Run "${name} --help" for what there is.`,
      });
  }
}
