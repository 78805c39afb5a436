import { BatonError, systemClock } from '@batonkit/kernel';
import { readConfigFile } from '../configuration/config-file.ts';
import { collectValues } from '../configuration/collect-values.ts';
import { healthCheck } from '../health/health-check-command.ts';
import { watchForStop } from '../one-shot/stop-signals.ts';
import type { RunOptions } from '../program.ts';
import { commandNamed } from './commands.ts';
import type { Flag } from './flag.ts';
import type { ParsedArguments } from './parse-arguments.ts';
import { printFailure } from './print-failure.ts';

/**
 * Asks the health server of a running connector. Says nothing when it is well; needs none of the connector's settings,
 * and looks only at those that say where the server is.
 *
 * @returns the exit code
 */
export async function runHealthCheck(
  parsed: ParsedArguments,
  defaults: readonly Flag[],
  options: RunOptions,
): Promise<number> {
  const { env, clock = systemClock, signals } = options;
  using stop = watchForStop(signals, undefined);
  try {
    const flags = defaults.filter(({ name }) => name === 'health-check-port' || name === 'health-check-bind-address');
    const file = await readConfigFile(env, true);
    const { given, problems } = collectValues({
      defaults: [...flags, ...(commandNamed('health-check')?.flags ?? [])],
      own: [],
      flags: parsed.values,
      env,
      file,
      hostedSecrets: new Map(),
    });
    const [problem] = problems;
    if (problem !== undefined) return printFailure(problem, options);
    const textOf = (name: string, absent: string): string => {
      const value = given.get(name);
      return typeof value === 'string' ? value : absent;
    };
    await healthCheck({
      address: textOf('health-check-bind-address', '127.0.0.1'),
      port: Number(given.get('health-check-port') ?? 8081),
      endpoint: textOf('endpoint', 'health'),
      timeoutSeconds: Number(given.get('timeout') ?? 5),
      clock,
      signal: stop.signal,
    });
    return 0;
  } catch (thrown) {
    const error: unknown = stop.signal.aborted ? stop.signal.reason : thrown;
    if (!(error instanceof BatonError)) throw error;
    return printFailure(error.report, options);
  }
}
