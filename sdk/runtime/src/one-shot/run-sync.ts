import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkTarget } from '@batonkit/c1z';
import { canonicalJson } from '@batonkit/certificate';
import type { ConnectorDefinition, ConnectorEvent } from '@batonkit/connector';
import { connectInMemory, createConnectorService } from '@batonkit/connector';
import type { Clock, Random } from '@batonkit/kernel';
import type { SyncResult } from '@batonkit/syncer';
import { ProgressClock, syncToFile } from '@batonkit/syncer';
import type { Settings } from '../configuration/read-settings.ts';
import type { Logger } from '../logger.ts';
import type { Phase, ProgressEvent } from '../progress/events.ts';
import { openWorkDirectory } from './work-directory.ts';

export interface RunSyncOptions {
  definition: ConnectorDefinition;
  settings: Settings;
  clock: Clock;
  random: Random;
  signal: AbortSignal;
  logger: Logger;
  observe: (event: ProgressEvent) => void;
}

/**
 * One sync into a file. The target is checked and locked before the first request; the working
 * directory beside it is gone afterwards, however the run ends, except by a kill.
 */
export async function runSync(options: RunSyncOptions): Promise<SyncResult> {
  const { definition, settings, clock, random, signal } = options;
  await checkTarget(settings.file);
  using work = openWorkDirectory(settings.file);
  // Once more inside the lock: a run that just ended may have saved its file in between.
  await checkTarget(settings.file);
  const spoolDir = join(work.path, 'spool');
  mkdirSync(spoolDir, { mode: 0o700 });

  const progress = new ProgressClock(clock);
  const phases = new PhaseFilter(options.observe);
  const values = { ...settings.values, 'http-timeout-seconds': settings.httpTimeoutSeconds };
  await using service = createConnectorService(definition, values, {
    clock,
    random,
    signal,
    spoolDir,
    observe: (event) => {
      if (event.type === 'list' || (event.status >= 200 && event.status < 300)) progress.touch();
      forward(event, phases, options.logger);
    },
  });
  return await syncToFile({
    client: connectInMemory(service),
    path: settings.file,
    workDir: work.path,
    connector: { type: definition.id, version: definition.version },
    configDigest: digestOf(definition, settings),
    clock,
    random,
    signal,
    progress,
    observe: (event) => {
      if (event.type === 'start') {
        phases.pass({ ...event, connector: definition.name, version: definition.version });
      } else phases.pass(event);
    },
  });
}

/** Lets each phase through once; the connector alone knows when it begins to prove what it read. */
class PhaseFilter {
  private readonly observe: (event: ProgressEvent) => void;
  private phase: Phase | undefined;

  constructor(observe: (event: ProgressEvent) => void) {
    this.observe = observe;
  }

  pass(event: ProgressEvent): void {
    if (event.type === 'list' && event.pass > 1 && this.phase === 'read') this.pass({ type: 'phase', phase: 'prove' });
    if (event.type === 'phase') this.phase = event.phase;
    this.observe(event);
  }
}

function forward(event: ConnectorEvent, phases: PhaseFilter, logger: Logger): void {
  if (event.type === 'list') {
    const { at: _, ...list } = event;
    phases.pass(list);
    return;
  }
  const { at: _, waitMs, ...request } = event;
  logger.debug('http request', {
    'http.method': request.method,
    'http.url_details.path': request.path,
    ...(request.skip === undefined ? {} : { skip: request.skip }),
    ...(request.limit === undefined ? {} : { limit: request.limit }),
    'http.status_code': request.status,
    duration: request.ms / 1000,
    attempt: request.attempt,
    ...(request.rows === undefined ? {} : { rows: request.rows }),
  });
  phases.pass(request);
  if (waitMs !== undefined) {
    const reason = request.status === 0 ? 'No answer' : `The server answered ${request.status}`;
    phases.pass({ type: 'wait', ms: waitMs, reason });
  }
}

/** Says whether two files were made with the same settings, without telling any secret. */
function digestOf(definition: ConnectorDefinition, settings: Settings): string {
  const open = Object.entries(settings.values).filter(([name]) => !isSecret(definition, name));
  return createHash('sha256')
    .update(canonicalJson({ connector: definition.id, values: Object.fromEntries(open) }))
    .digest('hex');
}

function isSecret(definition: ConnectorDefinition, name: string): boolean {
  const field = definition.config.fields[name];
  return field?.kind === 'string' && field.secret === true;
}
