import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkTarget } from '@batonkit/c1z';
import { canonicalJson, certificatePath, parseCertificate } from '@batonkit/certificate';
import type { ConnectorDefinition } from '@batonkit/connector';
import { connectInMemory, createConnectorService, isSecretField } from '@batonkit/connector';
import type { Clock, Random } from '@batonkit/kernel';
import type { ResumeOptions, SyncResult } from '@batonkit/syncer';
import { hasUnfinishedSync, ProgressClock, syncToFile } from '@batonkit/syncer';
import type { EvidenceScope } from '@batonkit/protocol';
import type { Settings } from '../configuration/read-settings.ts';
import { fail } from '../errors.ts';
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
  // Once more inside the lock: a run that just ended may have saved its file in between.
  await checkTarget(settings.file);
  const spoolDir = join(work.path, 'spool');
  mkdirSync(spoolDir, { mode: 0o700, recursive: true });

  // A console begins a run of its own in a directory of its own.
  const resumes = settings.resumeMaxAgeMs > 0 && !settings.hosted;
  const progress = new ProgressClock(clock);
  const phases = new PhaseFilter(options.observe, clock);
  const configDigest = digestOf(definition, settings);
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

/** What was asked for. @throws BatonError `BK-CONFIG-TYPE` for a type that there is not */
function scopeOf(
  { name, resourceTypes }: ConnectorDefinition,
  { types, skipsGrants, skipsOnlyGrants }: Settings,
): EvidenceScope {
  const all = resourceTypes.map(({ id }) => id);
  const unknown = types.find((type) => !all.includes(type));
  if (unknown !== undefined) throw fail('BK-CONFIG-TYPE', { type: unknown, program: name, known: all.join(', ') });
  const wanted = all.filter((type) => types.length === 0 || types.includes(type));
  if (wanted.length === all.length && !skipsGrants && !skipsOnlyGrants) return 'full';
  return {
    types: wanted.toSorted(),
    skip: skipsGrants ? ['entitlements', 'grants'] : skipsOnlyGrants ? ['grants'] : [],
  };
}

/** As the genuine program logs it, without the id. */
function skippedFields({ resourceType, isUnimplemented }: { resourceType: string; isUnimplemented: boolean }) {
  return { resource_type_id: resourceType, error: isUnimplemented ? 'unimplemented' : 'not found' };
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
    .update(
      canonicalJson({
        connector: definition.id,
        values: Object.fromEntries(open),
        ...(settings.passes === 1 ? { passes: 1 } : {}),
      }),
    )
    .digest('hex');
}
