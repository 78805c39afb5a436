import type { Readable, Writable } from 'node:stream';
import type { ConnectorDefinition } from '@batonkit/connector';
import type { Clock, ErrorReport, Random } from '@batonkit/kernel';
import { createRedactor, Status, systemClock, systemRandom } from '@batonkit/kernel';
import type { SyncResult } from '@batonkit/syncer';
import type { Operation } from './cli/flag.ts';
import type { ServiceSettings } from './configuration/read-service.ts';
import type { Settings } from './configuration/read-settings.ts';
import { createDoctorLines, createDoctorTable } from './doctor/doctor-view.ts';
import { runDoctor } from './doctor/run-doctor.ts';
import { fail } from './errors.ts';
import type { LogOutputs } from './logging/log-outputs.ts';
import { openLogOutputs } from './logging/log-outputs.ts';
import type { Logger } from './logger.ts';
import { createLogger } from './logger.ts';
import { dryRun } from './one-shot/dry-run.ts';
import { reportFailure } from './one-shot/report-failure.ts';
import { runSync } from './one-shot/run-sync.ts';
import type { SignalSource } from './one-shot/stop-signals.ts';
import { watchForStop } from './one-shot/stop-signals.ts';
import type { EndDetails, Outcome, ProgressView, RunResult } from './progress/events.ts';
import { HumanView } from './progress/human-view.ts';
import { createJsonlView } from './progress/jsonl-view.ts';
import { createLogView } from './progress/log-view.ts';
import { planText } from './progress/text.ts';
import { Screen } from './screen.ts';
import { failureAttributes } from './telemetry/failure-attributes.ts';
import { requestSpan } from './telemetry/request-span.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import type { Trace } from './telemetry/trace.ts';
import { noTrace } from './telemetry/trace.ts';

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

/** One run with its outputs. */
export class Program {
  private readonly definition: ConnectorDefinition;
  private readonly options: RunOptions;
  private readonly settings: Settings;
  private readonly clock: Clock;
  private readonly logs: LogOutputs;
  private readonly logger: Logger;
  private readonly view: ProgressView;
  private readonly redact: (text: string) => string;
  private readonly startedAt: number;
  private readonly telemetry: Telemetry | undefined;
  private readonly trace: Trace;

  constructor(definition: ConnectorDefinition, options: RunOptions, settings: Settings, telemetry?: Telemetry) {
    this.telemetry = telemetry;
    this.trace = telemetry ?? noTrace;
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
    this.redact = redact;
    const terminal = stderr.isTTY === true;
    // A service is followed by its log, whoever looks.
    const isWatched = settings.progress === 'plain' || (settings.progress === 'auto' && terminal);
    const forPeople = isWatched && settings.service === undefined;
    const screen = new Screen(stderr, {
      live: terminal && settings.progress === 'auto',
      colour: terminal && !env['NO_COLOR'],
    });
    // A path that cannot be opened is among the problems of the settings, which are told where people look.
    const logPaths = settings.problems.some(({ code }) => code === 'BK-LOG-PATH') ? [] : settings.logPaths;
    this.logs = openLogOutputs(logPaths, {
      stdout: (line) => stdout.write(line),
      stderr: (line) => screen.print(line),
    });
    this.logger = createLogger({
      format: settings.logFormat ?? (!settings.hosted && (forPeople || stdout.isTTY) ? 'console' : 'json'),
      // Where progress is shown to a person, the log would only say the same again.
      level: settings.logLevel ?? (forPeople ? 'warn' : 'info'),
      clock,
      redact,
      ...(settings.debugEndsAt === undefined ? {} : { debugEndsAt: settings.debugEndsAt }),
      colour: screen.colour && settings.logPaths.length === 0,
      write: (line) => this.logs.write(line),
      ...(telemetry === undefined ? {} : { record: (record) => telemetry.log(record) }),
    });
    telemetry?.tellTo(this.logger);
    if (settings.progress === 'jsonl') this.view = createJsonlView((line) => stdout.write(line), clock, redact);
    else if (forPeople) this.view = new HumanView(screen, clock, redact);
    else this.view = createLogView(this.logger, screen, redact);
    for (const notice of settings.notices) {
      if (forPeople) screen.print(redact(`! ${notice}\n`));
      else this.logger.warn(notice);
    }
  }

  /** Ends a run that cannot start, naming everything that stands against it. */
  refuse(problems: readonly ErrorReport[]): number {
    return this.end({ ok: false, error: asOne(problems) }, { problems });
  }

  /** Answers what a connector that only reads does not do; that it has no actions is an answer as well. */
  operation({ what, status }: Operation): number {
    const facts = { what, program: this.definition.name };
    if (status === 0) {
      this.logger.info('action schemas', { count: 0 });
      return 0;
    }
    const { report } = status === Status.NotFound ? fail('BK-OPERATION-ABSENT', facts) : fail('BK-OPERATION', facts);
    return this.end({ ok: false, error: report }, {});
  }

  async doctor(problems: readonly ErrorReport[]): Promise<number> {
    const { definition, options, settings, clock, logger, redact } = this;
    const { stdout, env, random = systemRandom } = options;
    const screen = new Screen(stdout, { live: false, colour: stdout.isTTY === true && !env['NO_COLOR'] });
    const view =
      settings.output === 'jsonl'
        ? createDoctorLines((line) => stdout.write(line), clock, redact)
        : createDoctorTable(screen, redact, (error) => void this.end({ ok: false, error }, { problems }));
    if (problems.length > 0) {
      const error = asOne(problems);
      view.refuse(error);
      return error.status;
    }
    using stop = watchForStop(options.signals, undefined);
    try {
      return await runDoctor({ definition, settings, clock, random, signal: stop.signal, logger, view, redact });
    } catch (thrown) {
      const error = this.failure(stop.signal, thrown);
      view.refuse(error);
      return error.status;
    }
  }

  async dryRun(): Promise<number> {
    const { definition, options, settings, clock, logger } = this;
    const { random = systemRandom, stdout } = options;
    using stop = watchForStop(options.signals, settings.hosted ? options.stdin : undefined);
    try {
      const plan = await dryRun({ definition, settings, clock, random, signal: stop.signal, logger });
      if (settings.progress === 'jsonl') return this.end({ ok: true, dryRun: true, plan }, {});
      stdout.write(this.redact(planText(plan)));
      return 0;
    } catch (error) {
      return this.end({ ok: false, error: this.failure(stop.signal, error) }, {});
    }
  }

  sync(): Promise<number> {
    return this.trace.within('sync', () => this.runOnce());
  }

  private async runOnce(): Promise<number> {
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
        observe: (event) => {
          this.view.event(event);
          if (event.type === 'request') this.trace.request(requestSpan(event, this.clock.now()));
        },
      });
      return this.end(
        { ok: true, ...resultOf(result, settings.file) },
        {
          bytes: result.summary.bytes,
          proof: { ...result.evidence, isReadOnce: settings.passes === 1 && result.evidence.passes === 1 },
          ...(settings.signingKey === undefined ? {} : { keyId: settings.signingKey.keyId }),
          ...(options.env['npm_command'] === 'exec' ? { prefix: 'npx ' } : {}),
        },
      );
    } catch (error) {
      return this.end({ ok: false, error: this.failure(stop.signal, error) }, {});
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // That its last words reached nobody is still said.
    await this.telemetry?.[Symbol.asyncDispose]();
    this.logs[Symbol.dispose]();
  }

  /** Serves the connector to others; `_connector-service` to the parent that started this process. */
  async serve(command: 'serve' | '_connector-service'): Promise<number> {
    const { definition, options, settings, clock, logger } = this;
    const { random = systemRandom } = options;
    const { runChild, runServe } = await import('./server/run-server.ts');
    const run = { definition, settings, options, clock, random, logger };
    try {
      return command === 'serve' ? await runServe(run) : await runChild(run);
    } catch (thrown) {
      const error = reportFailure(thrown, settings.file, logger);
      // One plain line, which a parent hands on.
      options.stderr.write(`${this.redact(`${error.title} ${error.meaning} ${error.remedy} (${error.code})`)}\n`);
      return error.status;
    }
  }

  /** Does the tasks of C1 until it is stopped, which is its good end (protocol: runtime 3). */
  async runTasks(service: ServiceSettings): Promise<number> {
    const { definition, options, settings, clock, logger, redact } = this;
    const { random = systemRandom } = options;
    using stop = watchForStop(options.signals, undefined);
    const { signal } = stop;
    // Not loaded for a single sync.
    const { runService } = await import('./service-mode/run-service.ts');
    try {
      const { network } = settings;
      const { trace } = this;
      await runService({ definition, settings, service, network, clock, random, signal, logger, redact, trace });
      logger.info('stopped');
      return 0;
    } catch (error) {
      return this.end({ ok: false, error: reportFailure(error, settings.tempDir, logger) }, {});
    }
  }

  private failure(signal: AbortSignal, error: unknown): ErrorReport {
    return reportFailure(signal.aborted ? signal.reason : error, this.settings.file, this.logger);
  }

  private end(outcome: Outcome, details: Omit<EndDetails, 'milliseconds'>): number {
    if (!outcome.ok) this.trace.fail(failureAttributes(outcome.error));
    this.view.end(outcome, { milliseconds: this.clock.monotonic() - this.startedAt, ...details });
    return outcome.ok ? 0 : outcome.error.status;
  }
}

/** Several failures as one error, for those who take one. */
function asOne(problems: readonly ErrorReport[]): ErrorReport {
  const [first] = problems;
  return problems.length === 1 && first !== undefined
    ? first
    : fail('BK-CONFIG-SEVERAL', { count: problems.length, list: problems.map(sentence).join(' ') }).report;
}

function sentence({ field, title }: ErrorReport): string {
  return field === undefined ? title : `--${field}: ${title}`;
}

function resultOf({ summary, certificatePath }: SyncResult, file: string): RunResult {
  const { syncId, sha256, contentDigest, counts } = summary;
  return { syncId, file, certificate: certificatePath, sha256, contentDigest, counts };
}
