import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkTarget } from '@batonkit/c1z';
import { canonicalJson, certificatePath, parseCertificate } from '@batonkit/certificate';
import type { ConnectorDefinition, ConnectorEvent } from '@batonkit/connector';
import { connectInMemory, createConnectorService, isSecretField } from '@batonkit/connector';
import type { Clock, Random } from '@batonkit/kernel';
import type { SyncResult } from '@batonkit/syncer';
import { ProgressClock, syncToFile } from '@batonkit/syncer';
import type { Settings } from '../configuration/read-settings.ts';
import type { Logger } from '../logger.ts';
import type { Phase, ProgressEvent } from '../progress/events.ts';
import { logRequest } from './log-request.ts';
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
  const configDigest = digestOf(definition, settings);
  const values = { ...settings.values, 'http-timeout-seconds': settings.httpTimeoutSeconds };
  await using service = createConnectorService(definition, values, {
    clock,
    random,
    signal,
    spoolDir,
    network: settings.network,
    isKnownConfiguration: isKnown(settings.file, { type: definition.id, configDigest }),
    observe: (event) => {
      if (event.type === 'list' || (event.type === 'request' && event.status >= 200 && event.status < 300))
        progress.touch();
      forward(event, phases, options.logger);
    },
  });
  const result = await syncToFile({
    client: connectInMemory(service),
    path: settings.file,
    workDir: work.path,
    connector: { type: definition.id, version: definition.version },
    configDigest,
    ...(settings.signingKey === undefined ? {} : { signingKey: settings.signingKey }),
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
  if (settings.fileMode !== ownMode) {
    for (const path of [settings.file, result.certificatePath]) chmodSync(path, settings.fileMode);
  }
  return result;
}

/** What a file gets at its making, so that it is never more open than was asked for. */
const ownMode = 0o600;

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
  logRequest(event, logger);
  const { at: _, ...rest } = event;
  if (rest.type !== 'request') return phases.pass(rest);
  const { waitMs, ...request } = rest;
  phases.pass(request);
  if (waitMs === undefined) return;
  const { status } = request;
  const answered = status === 200 ? 'The server grants no more requests for now' : `The server answered ${status}`;
  phases.pass({ type: 'wait', ms: waitMs, reason: status === 0 ? 'No answer' : answered });
}

/** Whether the file that is there was made complete with the same settings. */
function isKnown(file: string, now: { type: string; configDigest: string }): boolean {
  try {
    const {
      connector,
      config_digest: configDigest,
      verdict,
    } = parseCertificate(readFileSync(certificatePath(file), 'utf8'));
    return connector.type === now.type && configDigest === now.configDigest && verdict.startsWith('complete');
  } catch {
    return false;
  }
}

/** Says whether two files were made with the same settings, without telling any secret. */
function digestOf(definition: ConnectorDefinition, settings: Settings): string {
  const open = Object.entries(settings.values).filter(([name]) => !isSecretField(definition.config.fields[name]));
  return createHash('sha256')
    .update(canonicalJson({ connector: definition.id, values: Object.fromEntries(open) }))
    .digest('hex');
}
