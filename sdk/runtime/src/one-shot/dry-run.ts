import type { ConnectorDefinition, PlanDescription } from '@batonkit/connector';
import { openConnector } from '@batonkit/connector';
import type { Clock, Random } from '@batonkit/kernel';
import type { Settings } from '../configuration/read-settings.ts';
import { fail } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { logRequest } from './log-request.ts';

export interface DryRunOptions {
  definition: ConnectorDefinition;
  settings: Settings;
  clock: Clock;
  random: Random;
  signal: AbortSignal;
  logger: Logger;
}

/**
 * How a sync would read the source. Address and key are tried, as the answer depends on them; nothing
 * is written.
 *
 * @throws BatonError as a sync does before its first page
 */
export async function dryRun(options: DryRunOptions): Promise<PlanDescription> {
  const { definition, settings, clock, random, signal, logger } = options;
  const values = { ...settings.values, 'http-timeout-seconds': settings.httpTimeoutSeconds };
  await using connector = openConnector(definition, values, {
    clock,
    random,
    network: settings.network,
    observe: (event) => logRequest(event, logger),
  });
  await connector.validate(signal);
  const plan = await connector.describePlan?.(signal);
  if (plan !== undefined) return plan;
  throw fail('BK-NOT-IN-RELEASE', {
    what: `A plan of ${definition.name}`,
    why: 'Address and key work, but this connector cannot say beforehand how it will read.',
    instead: 'Leave --dry-run out.',
  });
}
