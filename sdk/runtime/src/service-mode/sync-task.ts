import { join } from 'node:path';
import { createC1z } from '@batonkit/c1z';
import type { ConnectorDefinition } from '@batonkit/connector';
import { connectInMemory, createConnectorService } from '@batonkit/connector';
import { ksuid } from '@batonkit/protocol';
import type { Task_SyncFullTask } from '@batonkit/protocol/connectorapi';
import type { SyncResult } from '@batonkit/syncer';
import { ProgressClock, syncToFile } from '@batonkit/syncer';
import { configDigestOf } from '../configuration/config-digest.ts';
import type { Settings } from '../configuration/read-settings.ts';
import type { Logger } from '../logger.ts';
import { forward, PhaseFilter } from '../one-shot/phase-filter.ts';
import { scopeOf, skippedFields } from '../one-shot/sync-scope.ts';
import { logEvent } from '../progress/log-view.ts';
import { requestSpan } from '../telemetry/request-span.ts';
import type { ServiceSettings } from '../configuration/read-service.ts';
import { failC1 } from './errors.ts';
import type { RecentProgress } from './recent-progress.ts';
import type { ServiceContext } from './service-context.ts';
import type { TaskFolder } from './task-folder.ts';

export interface SyncTaskOptions {
  definition: ConnectorDefinition;
  settings: Settings;
  service: ServiceSettings;
  context: ServiceContext;
  /** Writes to the debug log of the task as well, if it has one. */
  logger: Logger;
  folder: TaskFolder;
  /** Gets what happens, as the log does. */
  progress: RecentProgress;
  signal: AbortSignal;
  /** A sync with these settings was complete before, in this process. */
  isKnownConfiguration: boolean;
  /** Status of each answer of the target. */
  onAnswer: (status: number) => void;
}

export interface SyncedFile {
  path: string;
  sha256: string;
  /** Absent: nothing was read, as `--skip-full-sync` asks. */
  result?: SyncResult;
}

/** Makes the file that a sync_full task asks for. @throws BatonError; the signal's reason */
export async function syncTask(task: Task_SyncFullTask, options: SyncTaskOptions): Promise<SyncedFile> {
  const { definition, settings, service, context, folder, signal, logger } = options;
  const { clock, random } = context;
  checkEngine(service.storageEngine || task.storageEngine, logger);
  const scope = scopeOf(definition, {
    types: task.syncResourceTypeIds.length > 0 ? task.syncResourceTypeIds : settings.types,
    skipsGrants: task.skipEntitlementsAndGrants,
    skipsOnlyGrants: task.skipGrants,
  });
  const path = join(folder.path, 'sync.c1z');
  const progress = new ProgressClock(clock);
  const phases = new PhaseFilter((event) => {
    logEvent(logger, event);
    options.progress.add(event);
  }, clock);
  const values = { ...settings.values, 'http-timeout-seconds': settings.httpTimeoutSeconds };
  await using connector = createConnectorService(definition, values, {
    clock,
    random,
    signal,
    spoolDir: join(folder.work, 'spool'),
    network: settings.network,
    passes: settings.passes,
    isKnownConfiguration: options.isKnownConfiguration,
    observe: (event) => {
      if (event.type === 'request') {
        options.onAnswer(event.status);
        context.trace.request(requestSpan(event, clock.now()));
      }
      if (event.type === 'list' || (event.type === 'request' && event.status >= 200 && event.status < 300))
        progress.touch();
      forward(event, phases, logger);
    },
  });
  const client = connectInMemory(connector);
  if (service.skipsFullSync) {
    await client.connector.validate({}, { signal });
    return { path, sha256: await writeEmpty(path, options) };
  }
  const result = await syncToFile({
    client,
    path,
    workDir: folder.work,
    connector: { type: definition.id, version: definition.version },
    configDigest: configDigestOf(definition, settings),
    scope,
    targets: task.targetedSyncResources,
    expandGrants: !task.skipExpandGrants,
    signingKey: service.credential.key,
    workers: settings.workers,
    clock,
    random,
    signal,
    progress,
    observe: (event) => {
      if (event.type === 'start') phases.pass({ ...event, connector: definition.name, version: definition.version });
      else if (event.type === 'skipped') logger.warn('resource skipped', skippedFields(event));
      else if (event.type !== 'expanded') phases.pass(event);
    },
  });
  return { path, sha256: result.summary.sha256, result };
}

/** @throws BatonError `BK-C1-ENGINE` */
function checkEngine(engine: string, logger: Logger): void {
  if (engine === '' || engine === 'sqlite') return;
  if (engine !== 'pebble') throw failC1('BK-C1-ENGINE', {});
  logger.warn(
    'the task asks for the storage engine pebble; the file is written in the SQLite form, which C1 reads as well',
  );
}

/** A finished full sync with no rows, without a certificate: it proves nothing. */
async function writeEmpty(path: string, { folder, context }: SyncTaskOptions): Promise<string> {
  const { clock, random } = context;
  const startedAt = clock.now();
  const sync = { id: ksuid(clock, random), type: 'full', startedAt } as const;
  await using writer = await createC1z({ path, workDir: folder.work, sync, clock });
  const { sha256 } = await writer.finish({ endedAt: clock.now() });
  await writer.save();
  return sha256;
}
