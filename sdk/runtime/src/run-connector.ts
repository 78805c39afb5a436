import type { ConnectorDefinition } from '@batonkit/connector';
import { toConfiguration } from '@batonkit/connector';
import type { BatonError, ErrorReport } from '@batonkit/kernel';
import { systemClock, systemRandom } from '@batonkit/kernel';
import { answerCommand } from './cli/answer-command.ts';
import { defaultFlags } from './cli/default-flags.ts';
import { parseArguments } from './cli/parse-arguments.ts';
import type { ConfigFile } from './configuration/config-file.ts';
import { checkConfigPath, readConfigFile } from './configuration/config-file.ts';
import { readHostedSecrets } from './configuration/hosted-secrets.ts';
import { ownFlags } from './configuration/own-flags.ts';
import { readSecretFromStdin } from './configuration/secret-from-stdin.ts';
import type { Settings } from './configuration/read-settings.ts';
import type { RunOptions } from './program.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

/**
 * Makes a connector a program. Returns its exit code, which is the status of the error that ended it
 * (protocol: runtime 1.5); nothing is thrown.
 *
 *     process.exitCode = await runConnector(runlayer, { argv: process.argv.slice(2), env: process.env, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, signals: process });
 */
export async function runConnector(definition: ConnectorDefinition, options: RunOptions): Promise<number> {
  const { env } = options;
  // Node would open its debugger, with all secrets, to every user of this machine.
  options.signals.on('SIGUSR1', () => {});
  const logFormat = options.stdout.isTTY === true ? 'console' : 'json';
  const configuration = toConfiguration(definition, true);
  const own = ownFlags(configuration, definition.config.fields);
  const names = new Set(own.map(({ name }) => name));
  const flags = {
    // A connector may have words of its own for what all have, such as its page size.
    defaults: defaultFlags
      .filter(({ name }) => !names.has(name))
      .map((flag) => (flag.name === 'log-format' ? { ...flag, default: logFormat } : flag)),
    own,
  };
  const parsed = parseArguments(definition.name, options.argv, flags);
  const { command } = parsed;
  const early: ErrorReport[] = [];
  try {
    checkConfigPath(env);
  } catch (error) {
    early.push((error as BatonError).report);
  }
  early.push(...parsed.problems.map(({ report }) => report));
  if (early.length === 0) {
    const answer = await answerCommand(definition, parsed, flags);
    if (answer !== undefined) {
      (answer.isWrong ? options.stderr : options.stdout).write(answer.text);
      return 0;
    }
    if (command?.name === 'health-check') {
      const { runHealthCheck } = await import('./cli/run-health-check.ts');
      return await runHealthCheck(parsed, flags.defaults, options);
    }
  }

  let hostedSecrets: ReadonlyMap<string, string> = new Map();
  let file: ConfigFile | undefined;
  let stdin: string | undefined;
  const isHosted = parsed.values.get('hosted') === true;
  if (early.length === 0) {
    try {
      if (isHosted) hostedSecrets = readHostedSecrets();
      // A child's standard input is its parent's.
      else if (command?.name !== '_connector-service')
        stdin = await readSecretFromStdin([...flags.defaults, ...own], env, options.stdin);
      file = await readConfigFile(env, !isHosted);
    } catch (error) {
      early.push((error as BatonError).report);
    }
  }
  // Half of what a sync needs; no command that only prints does.
  const [{ readSettings }, { Program }] = await Promise.all([
    import('./configuration/read-settings.ts'),
    import('./program.ts'),
  ]);
  const defaults = [...flags.defaults, ...(command?.flags ?? [])];
  const settings = readSettings({
    defaults,
    own,
    configuration,
    flags: parsed.values,
    env,
    file,
    stdin,
    hostedSecrets,
  });
  const telemetry = await telemetryOf(definition, options, settings);
  await using program = new Program(definition, options, settings, telemetry);
  // A wrong command line is said alone: what it left out would only be reported as missing.
  const problems = early.length > 0 ? early : settings.problems;
  if (command?.name === 'doctor') return await program.doctor(problems);
  if (problems.length > 0) return program.refuse(problems);
  if (command?.name === 'serve' || command?.name === '_connector-service') return await program.serve(command.name);
  if (settings.operation !== undefined) return program.operation(settings.operation);
  if (settings.dryRun) return await program.dryRun();
  return settings.service === undefined ? await program.sync() : await program.runTasks(settings.service);
}

/** Loaded only when there is a collector. */
async function telemetryOf(
  { name, version }: ConnectorDefinition,
  { clock = systemClock, random = systemRandom }: RunOptions,
  { telemetry, problems }: Settings,
): Promise<Telemetry | undefined> {
  if (telemetry === undefined || problems.length > 0) return undefined;
  const { startTelemetry } = await import('./telemetry/telemetry.ts');
  return startTelemetry({ ...telemetry, name, version, clock, random });
}
