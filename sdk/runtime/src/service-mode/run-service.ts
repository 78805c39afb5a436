import type { ConnectorDefinition, NetworkSettings } from '@batonkit/connector';
import { openConnector } from '@batonkit/connector';
import type { Clock, Random } from '@batonkit/kernel';
import type { ServiceSettings } from '../configuration/read-service.ts';
import type { Settings } from '../configuration/read-settings.ts';
import { startHealthServer } from '../health/health-server.ts';
import type { Logger } from '../logger.ts';
import type { Trace } from '../telemetry/trace.ts';
import { C1Client } from './c1-client.ts';
import { C1Link } from './c1-link.ts';
import { describeHost } from './describe-host.ts';
import { failC1 } from './errors.ts';
import { finishTask } from './finish-task.ts';
import { giveBackMemory } from './give-back-memory.ts';
import { pollTasks } from './poll-tasks.ts';
import { runTask } from './run-task.ts';
import type { Introduction } from './say-hello.ts';
import { sayFirstHello } from './say-hello.ts';
import type { ServiceContext } from './service-context.ts';
import { removeLeftovers } from './task-folder.ts';
import { TaskPool } from './task-pool.ts';

export interface RunServiceOptions {
  definition: ConnectorDefinition;
  settings: Settings;
  service: ServiceSettings;
  network: NetworkSettings;
  clock: Clock;
  random: Random;
  /** Aborted when the service is to be stopped; that is its good end. */
  signal: AbortSignal;
  logger: Logger;
  redact: (text: string) => string;
  /** Gets a trace of each task. */
  trace: Trace;
  /** Between two pings of an open connection to C1; 30 s. */
  pingMs?: number;
}

/** So long the ends of tasks may take that the grace period did not suffice for. */
const LAST_WORDS_MS = 5000;

/**
 * Asks C1 for tasks and does them until it is stopped; then running tasks get the grace period, and those that are not
 * done by then are given back. Outages of any length are waited for.
 *
 * @throws BatonError when C1 refuses the credentials or the first Hello, when the configuration cannot be right, or when
 *   the health server cannot listen
 */
export async function runService(options: RunServiceOptions): Promise<void> {
  const { definition, settings, service, network, clock, random, signal, logger, redact, trace } = options;
  const values = { ...settings.values, 'http-timeout-seconds': settings.httpTimeoutSeconds };
  // What the configuration makes impossible is said before anybody waits for a task. Sends nothing.
  await using probe = openConnector(definition, values, { clock, random, network });
  const link = new C1Link();
  await using _health =
    service.health === undefined
      ? undefined
      : await startHealthServer({
          ...service.health,
          clock,
          validate: (limited) => probe.validate(limited),
          state: () => link,
          logger,
          redact,
        });
  const left = removeLeftovers(settings.tempDir, clock);
  if (left > 0) logger.info('removed what killed processes had left', { folders: left });

  const end = new AbortController();
  using c1 = new C1Client({
    credential: service.credential,
    host: service.apiHost,
    network,
    version: definition.version,
    clock,
    random,
    signal: end.signal,
    onSkew: (sentence) => logger.warn(sentence),
    logger,
    ...(options.pingMs === undefined ? {} : { pingMs: options.pingMs }),
  });
  const { hostId } = service;
  const context: ServiceContext = { c1, hostId, clock, random, logger, trace, accepts: new Set() };
  const introduction: Introduction = { definition, host: describeHost() };
  try {
    await sayFirstHello(context, introduction, link, signal);
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  giveBackMemory();

  const stop = new AbortController();
  const memory = { isKnownConfiguration: false };
  const { concurrency, isBatch, graceMs } = service;
  const pool = new TaskPool({
    concurrency,
    clock,
    run: (task) =>
      runTask(task, {
        context,
        definition,
        settings,
        service,
        introduction,
        redact,
        stop: stop.signal,
        end: end.signal,
        memory,
      }),
    whenIdle: giveBackMemory,
  });
  await pollTasks({ context, link, pool, concurrency, isBatch, signal });

  const waiting = pool.close();
  logger.info('stopping: no more tasks are taken', { running: pool.known.length, grace_period: graceMs / 1000 });
  const { report } = failC1('BK-C1-STOPPED', {});
  const givenBack = waiting.map(({ id }) => finishTask(context, id, { ok: false, report, isFinal: false }, end.signal));
  const done = Promise.all([pool.idle(), ...givenBack]);
  if (!(await endsWithin(graceMs, done, clock))) {
    stop.abort(failC1('BK-C1-STOPPED', {}));
    if (!(await endsWithin(LAST_WORDS_MS, done, clock))) logger.warn('C1 could not be told of all ends');
  }
  end.abort(failC1('BK-C1-STOPPED', {}));
  await done;
}

/** Whether the work ended in that time; it goes on otherwise. */
async function endsWithin(milliseconds: number, work: Promise<unknown>, clock: Clock): Promise<boolean> {
  const over = new AbortController();
  try {
    const late = clock.sleep(milliseconds, over.signal).then(() => false);
    late.catch(() => {});
    return await Promise.race([work.then(() => true), late]);
  } finally {
    over.abort();
  }
}
