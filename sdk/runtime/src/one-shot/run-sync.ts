import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkTarget } from '@batonkit/c1z';
import { certificatePath, parseCertificate } from '@batonkit/certificate';
import type { ConnectorDefinition } from '@batonkit/connector';
import { connectInMemory, createConnectorService } from '@batonkit/connector';
import type { Clock, Random } from '@batonkit/kernel';
import type { ResumeOptions, SyncResult } from '@batonkit/syncer';
import { hasUnfinishedSync, ProgressClock, syncToFile } from '@batonkit/syncer';
import { scopeOf, skippedFields } from './sync-scope.ts';
import { configDigestOf } from '../configuration/config-digest.ts';
import type { Settings } from '../configuration/read-settings.ts';
import type { Logger } from '../logger.ts';
import type { ProgressEvent } from '../progress/events.ts';
import { forward, PhaseFilter } from './phase-filter.ts';
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

type Decision = Parameters<NonNullable<ResumeOptions['decided']>>[0];

/**
 * One sync into a file. The target is checked and locked before the first request. The working directory
 * beside it is gone afterwards, unless a run was killed or stopped that another one can go on with.
 */
export async function runSync(options: RunSyncOptions): Promise<SyncResult> {
  const { definition, settings, clock, random, signal } = options;
  const scope = scopeOf(definition, settings);
  await checkTarget(settings.file);
  using work = openWorkDirectory(settings.file);
  // Inside the lock, as a run that just ended may have saved its file.
  await checkTarget(settings.file, work.path);
  const spoolDir = join(work.path, 'spool');
  mkdirSync(spoolDir, { mode: 0o700, recursive: true });

  // A console begins a run of its own in a directory of its own.
  const resumes = settings.resumeMaxAgeMs > 0 && !settings.hosted;
  const progress = new ProgressClock(clock);
  const phases = new PhaseFilter(options.observe, clock);
  const configDigest = configDigestOf(definition, settings);
  const values = { ...settings.values, 'http-timeout-seconds': settings.httpTimeoutSeconds };
  await using service = createConnectorService(definition, values, {
    clock,
    random,
    signal,
    spoolDir,
    network: settings.network,
    passes: settings.passes,
    keep: resumes,
    // The file of a hosted run is a new one each time: the console remembers.
    isKnownConfiguration:
      settings.knownConfig === configDigest || isKnown(settings.file, { type: definition.id, configDigest }),
    observe: (event) => {
      if (event.type === 'list' || (event.type === 'request' && event.status >= 200 && event.status < 300))
        progress.touch();
      forward(event, phases, options.logger);
    },
  });
  const maxAgeMs = settings.resumeMaxAgeMs;
  const decided = (decision: Decision): void => phases.pass({ type: 'resume', ...decision });
  let result: SyncResult;
  try {
    result = await syncToFile({
      client: connectInMemory(service),
      path: settings.file,
      workDir: work.path,
      connector: { type: definition.id, version: definition.version },
      configDigest,
      scope,
      targets: settings.targets,
      ...(settings.signingKey === undefined ? {} : { signingKey: settings.signingKey }),
      workers: settings.workers,
      keepRuns: settings.keepRuns,
      ...(resumes ? { resume: { maxAgeMs, ready: (sync) => service.resume(sync), decided } } : {}),
      clock,
      random,
      signal,
      progress,
      observe: (event) => {
        if (event.type === 'start') {
          phases.pass({ ...event, connector: definition.name, version: definition.version });
        } else if (event.type === 'skipped') options.logger.warn('resource skipped', skippedFields(event));
        else if (event.type !== 'expanded') phases.pass(event);
      },
    });
  } catch (error) {
    if (resumes && hasUnfinishedSync(work.path)) {
      await service.leave();
      phases.pass({ type: 'left', directory: work.path, minutes: Math.round(maxAgeMs / 60_000) });
    }
    throw error;
  }
  if (settings.fileMode !== ownMode) {
    for (const path of [settings.file, result.certificatePath]) chmodSync(path, settings.fileMode);
  }
  return result;
}

/** What a file gets at its making, so that it is never more open than was asked for. */
const ownMode = 0o600;

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
