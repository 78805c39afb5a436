import { writeFileSync } from 'node:fs';
import type { ConnectorDefinition, DoctorStep, OpenConnector } from '@batonkit/connector';
import { openConnector } from '@batonkit/connector';
import type { Clock, ErrorReport, Random } from '@batonkit/kernel';
import { reportOf } from '@batonkit/kernel';
import type { Settings } from '../configuration/read-settings.ts';
import { fail } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { logRequest } from '../one-shot/log-request.ts';
import type { DoctorView } from './doctor-view.ts';

export interface DoctorOptions {
  definition: ConnectorDefinition;
  settings: Settings;
  clock: Clock;
  random: Random;
  signal: AbortSignal;
  logger: Logger;
  view: DoctorView;
  redact: (text: string) => string;
}

/**
 * Checks what a sync of this configuration needs, step by step, and shows each at once. A connector
 * without steps of its own is at least asked whether address and key work.
 *
 * @returns the exit code: that of the first step that failed
 * @throws BatonError when it was stopped, or when the report cannot be written
 */
export async function runDoctor(options: DoctorOptions): Promise<number> {
  const { definition, settings, clock, signal, logger, view } = options;
  const steps: DoctorStep[] = [];
  const show = (step: DoctorStep): void => {
    steps.push(step);
    view.step(step);
  };
  const startedAt = clock.monotonic();
  const since = (): number => Math.round(clock.monotonic() - startedAt);
  view.start(definition);
  let connector: OpenConnector | undefined;
  try {
    const values = { ...settings.values, 'http-timeout-seconds': settings.httpTimeoutSeconds };
    connector = openConnector(definition, values, {
      clock,
      random: options.random,
      network: settings.network,
      observe: (event) => logRequest(event, logger),
    });
  } catch (error) {
    show({ check: 'Settings', ms: since(), ...failure(error) });
  }
  if (connector !== undefined) {
    await using _ = connector;
    try {
      for await (const step of connector.doctor?.(signal) ?? basicSteps(connector, signal, clock)) show(step);
    } catch (error) {
      signal.throwIfAborted();
      show({ check: 'Everything else', ms: since(), ...failure(error) });
    }
    if (settings.report !== undefined) writeReport(settings.report, options, connector, steps);
  }
  signal.throwIfAborted();
  const failed = steps.find(({ verdict }) => verdict === 'failed');
  const exitCode = failed === undefined ? 0 : (failed.status ?? 2);
  const profile = steps.findLast((step) => step.profile !== undefined)?.profile;
  view.end({ exitCode, counts: count(steps), ...(profile === undefined ? {} : { profile }), milliseconds: since() });
  return exitCode;
}

async function* basicSteps(connector: OpenConnector, signal: AbortSignal, clock: Clock): AsyncGenerator<DoctorStep> {
  const from = clock.monotonic();
  const since = (): number => Math.round(clock.monotonic() - from);
  try {
    await connector.validate(signal);
  } catch (error) {
    signal.throwIfAborted();
    yield { check: 'Address and key', ms: since(), ...failure(error) };
    return;
  }
  yield { check: 'Address and key', verdict: 'ok', ms: since(), detail: 'They work.' };
  const plan = await connector.describePlan?.(signal);
  if (plan === undefined) return;
  yield {
    check: 'Way to read',
    verdict: 'ok',
    ms: since(),
    detail: `${plan.plan}, ${plan.requests} requests or more.`,
  };
}

function failure(error: unknown): Pick<DoctorStep, 'verdict' | 'detail' | 'remedy' | 'code' | 'status'> {
  const { code, status, title, meaning, remedy }: ErrorReport = reportOf(error);
  return { verdict: 'failed', detail: `${title} ${meaning}`, remedy, code, status };
}

function count(steps: readonly DoctorStep[]): Record<DoctorStep['verdict'], number> {
  const counts = { ok: 0, warning: 0, failed: 0, skipped: 0 };
  for (const { verdict } of steps) counts[verdict]++;
  return counts;
}

/** What may be sent to strangers: no sentence of a step is in it, as one could name somebody. */
function writeReport(
  path: string,
  { definition, clock, redact }: DoctorOptions,
  connector: OpenConnector,
  steps: readonly DoctorStep[],
): void {
  const report = {
    v: 1,
    connector: definition.name,
    version: definition.version,
    at: new Date(clock.now()).toISOString(),
    steps: steps.map(({ check, verdict, ms, code }) => ({
      check,
      verdict,
      ms,
      ...(code === undefined ? {} : { code }),
    })),
    source: connector.report?.() ?? {},
  };
  try {
    writeFileSync(path, `${redact(JSON.stringify(report, undefined, 2))}\n`, { mode: 0o600 });
  } catch (error) {
    throw fail('BK-REPORT', { path }, { field: 'report', cause: error });
  }
}
