import { appendFileSync, existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { ConnectorDefinition } from '@batonkit/connector';
import { toConfiguration } from '@batonkit/connector';
import type { BatonError, Clock, ErrorReport, Random } from '@batonkit/kernel';
import { createRedactor, systemClock, systemRandom } from '@batonkit/kernel';
import type { SyncResult } from '@batonkit/syncer';
import { defaultFlags } from './cli/default-flags.ts';
import type { Flag } from './cli/flag.ts';
import { helpText } from './cli/help.ts';
import type { ParsedArguments } from './cli/parse-arguments.ts';
import { commands, parseArguments } from './cli/parse-arguments.ts';
import { capabilitiesJson } from './cli/print-capabilities.ts';
import { configJson } from './cli/print-config.ts';
import { readHostedSecrets } from './configuration/hosted-secrets.ts';
import { ownFlags } from './configuration/own-flags.ts';
import type { Settings } from './configuration/read-settings.ts';
import { readSettings } from './configuration/read-settings.ts';
import { fail } from './errors.ts';
import type { Logger } from './logger.ts';
import { createLogger } from './logger.ts';
import { reportFailure } from './one-shot/report-failure.ts';
import { runSync } from './one-shot/run-sync.ts';
import type { SignalSource } from './one-shot/stop-signals.ts';
import { watchForStop } from './one-shot/stop-signals.ts';
import type { EndDetails, Outcome, ProgressView } from './progress/events.ts';
import { HumanView } from './progress/human-view.ts';
import { createJsonlView } from './progress/jsonl-view.ts';
import { createLogView } from './progress/log-view.ts';
import { Screen } from './screen.ts';

type Output = Writable & { isTTY?: boolean; columns?: number };

export interface RunOptions {
  /** Without the program itself: `process.argv.slice(2)`. */
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  stdin: Readable;
  stdout: Output;
  stderr: Output;
  /** Where signals arrive; `process`. */
  signals: SignalSource;
  clock?: Clock;
  random?: Random;
}

/**
 * Makes a connector a program. Returns its exit code, which is the status of the error that ended it
 * (protocol: runtime 1.5); nothing is thrown.
 *
 *     process.exitCode = await runConnector(runlayer, { argv: process.argv.slice(2), env: process.env, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, signals: process });
 */
export async function runConnector(definition: ConnectorDefinition, options: RunOptions): Promise<number> {
  const configuration = toConfiguration(definition);
  const logFormat = options.stdout.isTTY === true ? 'console' : 'json';
  const flags = {
    defaults: defaultFlags.map((flag) => (flag.name === 'log-format' ? { ...flag, default: logFormat } : flag)),
    own: ownFlags(configuration),
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
  if (early.length === 0 && parsed.values.get('hosted') === true) {
    try {
      hostedSecrets = readHostedSecrets();
    } catch (error) {
      early.push((error as BatonError).report);
    }
  }
  const { env } = options;
  const settings = readSettings({ ...flags, configuration, flags: parsed.values, env, hostedSecrets });
  const program = new Program(definition, options, settings);
  // A wrong command line is said alone: what it left out would only be reported as missing.
  const problems = early.length > 0 ? early : settings.problems;
  return problems.length > 0 ? program.refuse(problems) : await program.sync();
}

/** What needs no configuration: text for standard output, or why there is none; undefined for a sync. */
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

/** One run with its outputs. */
class Program {
  private readonly definition: ConnectorDefinition;
  private readonly options: RunOptions;
  private readonly settings: Settings;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly view: ProgressView;
  private readonly startedAt: number;

  constructor(definition: ConnectorDefinition, options: RunOptions, settings: Settings) {
    const { stdout, stderr, env, clock = systemClock } = options;
    this.definition = definition;
    this.options = options;
    this.settings = settings;
    this.clock = clock;
    this.startedAt = clock.monotonic();
    // A reader that goes away must not become an exception; the run is stopped in sync().
    stdout.on('error', () => {});
    stderr.on('error', () => {});

    const redact = createRedactor(settings.secrets);
    const terminal = stderr.isTTY === true;
    const forPeople = settings.progress === 'plain' || (settings.progress === 'auto' && terminal);
    const screen = new Screen(stderr, {
      live: terminal && settings.progress === 'auto',
      colour: terminal && !env['NO_COLOR'],
    });
    this.logger = createLogger({
      format: settings.logFormat ?? (!settings.hosted && (forPeople || stdout.isTTY) ? 'console' : 'json'),
      // Where progress is shown to a person, the log would only say the same again.
      level: settings.logLevel ?? (forPeople ? 'warn' : 'info'),
      clock,
      redact,
      write: (line) => {
        try {
          for (const path of settings.logPaths) appendFileSync(path, line, { mode: 0o600 });
          if (settings.logPaths.length > 0) return;
        } catch {
          // A full disk must not keep the line that says so from its reader.
        }
        screen.print(line);
      },
    });
    if (settings.progress === 'jsonl') this.view = createJsonlView((line) => stdout.write(line), clock, redact);
    else if (forPeople) this.view = new HumanView(screen, clock, redact);
    else this.view = createLogView(this.logger, screen, redact);
    const notices = [...settings.notices];
    for (const name of settings.hosted ? [] : ['.baton.yaml', '.baton.yml']) {
      if (existsSync(name)) notices.push(`The file ${name} here is not read in this release.`);
    }
    for (const notice of notices) {
      if (forPeople) screen.print(redact(`! ${notice}\n`));
      else this.logger.warn(notice);
    }
  }

  /** Ends a run that cannot start, naming everything that stands against it. */
  refuse(problems: readonly ErrorReport[]): number {
    const [first] = problems;
    const error =
      problems.length === 1 && first !== undefined
        ? first
        : fail('BK-CONFIG-SEVERAL', { count: problems.length, list: problems.map(sentence).join(' ') }).report;
    return this.end({ ok: false, error }, { problems });
  }

  async sync(): Promise<number> {
    const { options, settings } = this;
    const { random = systemRandom } = options;
    using stop = watchForStop(options.signals, settings.hosted ? options.stdin : undefined);
    const gone = (): void => stop.abort(fail('BK-CANCELED', { by: 'the end of its reader' }));
    if (settings.progress === 'jsonl') options.stdout.once('error', gone);
    try {
      const result = await runSync({
        definition: this.definition,
        settings,
        clock: this.clock,
        random,
        signal: stop.signal,
        logger: this.logger,
        observe: (event) => this.view.event(event),
      });
      return this.end(
        { ok: true, ...resultOf(result, settings.file) },
        {
          bytes: result.summary.bytes,
          ...(result.evidence.moment === undefined ? {} : { moment: result.evidence.moment }),
          ...(options.env['npm_command'] === 'exec' ? { prefix: 'npx ' } : {}),
        },
      );
    } catch (error) {
      const thrown: unknown = stop.signal.aborted ? stop.signal.reason : error;
      return this.end({ ok: false, error: reportFailure(thrown, settings.file, this.logger) }, {});
    }
  }

  private end(outcome: Outcome, details: Omit<EndDetails, 'milliseconds'>): number {
    this.view.end(outcome, { milliseconds: this.clock.monotonic() - this.startedAt, ...details });
    return outcome.ok ? 0 : outcome.error.status;
  }
}

function sentence({ field, title }: ErrorReport): string {
  return field === undefined ? title : `--${field}: ${title}`;
}

function resultOf({ summary, certificatePath }: SyncResult, file: string): Omit<Extract<Outcome, { ok: true }>, 'ok'> {
  const { syncId, sha256, contentDigest, counts } = summary;
  return { syncId, file, certificate: certificatePath, sha256, contentDigest, counts };
}
