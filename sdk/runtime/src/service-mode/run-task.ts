import { existsSync } from 'node:fs';
import type { ConnectorDefinition } from '@batonkit/connector';
import type { ErrorReport } from '@batonkit/kernel';
import { BatonError, linkAbort, Status } from '@batonkit/kernel';
import { certificateToAnnotation, packAny, RateLimitDescriptionSchema } from '@batonkit/protocol';
import type { Task, Task_SyncFullTask } from '@batonkit/protocol/connectorapi';
import { create } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import { ConnectError } from '@connectrpc/connect';
import type { ServiceSettings } from '../configuration/read-service.ts';
import type { Settings } from '../configuration/read-settings.ts';
import { reportFailure } from '../one-shot/report-failure.ts';
import { failureAttributes } from '../telemetry/failure-attributes.ts';
import { answerTask, taskTypeName } from './answer-task.ts';
import { c1Failure } from './c1-failure.ts';
import { openDebugLog } from './debug-log.ts';
import type { TaskResult } from './finish-task.ts';
import { failC1 } from './errors.ts';
import { finishTask } from './finish-task.ts';
import { startHeartbeats } from './heartbeats.ts';
import { safeId } from './poll-tasks.ts';
import { RecentProgress } from './recent-progress.ts';
import type { Introduction } from './say-hello.ts';
import { sayHello } from './say-hello.ts';
import type { ServiceContext } from './service-context.ts';
import type { SyncedFile } from './sync-task.ts';
import { openTaskFolder, removeLeftovers } from './task-folder.ts';
import { uploadFile } from './upload-file.ts';

export interface RunTaskOptions {
  context: ServiceContext;
  definition: ConnectorDefinition;
  settings: Settings;
  service: ServiceSettings;
  introduction: Introduction;
  redact: (text: string) => string;
  /** Aborted with `BK-C1-STOPPED` when running tasks have to end. */
  stop: AbortSignal;
  /** Aborted when not even their ends can be told any more. */
  end: AbortSignal;
  /** What this process knows of the configuration from one task to the next. */
  memory: { isKnownConfiguration: boolean };
}

/**
 * Does a task and closes it at C1, whatever happens. Never rejects. Answers whether it is closed for good: C1 took its
 * success, or a failure that is final.
 */
export function runTask(task: Task, options: RunTaskOptions): Promise<boolean> {
  return options.context.trace.within(`task ${taskTypeName(task.taskType)}`, () => doTask(task, options));
}

async function doTask(task: Task, options: RunTaskOptions): Promise<boolean> {
  const { context, stop, end } = options;
  const { logger, clock, trace } = context;
  const about = { task_id: safeId(task.id), task_type: taskTypeName(task.taskType) };
  trace.note(about);
  const startedAt = clock.monotonic();
  logger.info('task begun', about);
  let result: TaskResult | 'answered';
  try {
    result = stop.aborted ? failure(stop.reason, options) : await perform(task, options);
  } catch (error) {
    result = failure(stop.aborted ? stop.reason : error, options);
  }
  const took = { ...about, duration: (clock.monotonic() - startedAt) / 1000 };
  if (result === 'answered') {
    logger.info('task done', took);
    return true;
  }
  if (result.ok) logger.info('task done, C1 is told', took);
  else {
    logger.error('task failed, C1 is told', { ...took, code: result.report.code, error: result.report.title });
    trace.fail(failureAttributes(result.report));
  }
  const isTaken = await finishTask(context, task.id, result, end);
  return isTaken && (result.ok || result.isFinal);
}

async function perform(task: Task, options: RunTaskOptions): Promise<TaskResult | 'answered'> {
  const { context, introduction, stop } = options;
  switch (task.taskType.case) {
    case 'hello':
      try {
        await sayHello(context, introduction, task.id, stop);
        // The Hello is its answer (protocol: runtime 3.5).
        return 'answered';
      } catch (error) {
        return failure(stop.aborted ? stop.reason : error, options);
      }
    case 'syncFull':
      return await performSync(task, task.taskType.value, options);
    default:
      return answerTask(task);
  }
}

async function performSync(task: Task, sync: Task_SyncFullTask, options: RunTaskOptions): Promise<TaskResult> {
  const { context, definition, settings, service, redact, stop, memory } = options;
  const { clock, random, trace } = context;
  using linked = linkAbort(stop);
  const { signal } = linked;
  const answers = { last: 0 };
  try {
    removeLeftovers(settings.tempDir, clock);
    using folder = openTaskFolder(settings.tempDir);
    const progress = new RecentProgress(clock, redact);
    await using _beats = await startHeartbeats(context, task.id, linked, progress);
    const log = task.debug ? openDebugLog(folder.path, { clock, redact, beside: context.logger }) : undefined;
    const logger = log?.logger ?? context.logger;
    // Half of what a service needs while it waits.
    const { syncTask } = await import('./sync-task.ts');
    const file = await trace.within('sync', () =>
      syncTask(sync, {
        definition,
        settings,
        service,
        context,
        logger,
        folder,
        progress,
        signal,
        isKnownConfiguration: memory.isKnownConfiguration,
        onAnswer: (status) => (answers.last = status),
      }),
    );
    memory.isKnownConfiguration ||= file.result?.evidence.verdict === 'complete';
    const { path, sha256 } = file;
    await trace.within('upload', () =>
      uploadFile({ ...context, logger, random }, { taskId: task.id, path, sha256, signal }),
    );
    if (log !== undefined && existsSync(log.path)) await uploadLog(context, task.id, log.path, signal);
    signal.throwIfAborted();
    return { ok: true, annotations: annotationsOf(context, file) };
  } catch (error) {
    return failure(signal.aborted ? signal.reason : error, options, answers.last);
  }
}

/** The file is what the task was about: a log that C1 does not take makes it no failure. */
async function uploadLog(context: ServiceContext, taskId: string, path: string, signal: AbortSignal): Promise<void> {
  try {
    await uploadFile(context, { taskId, path, signal });
  } catch (error) {
    signal.throwIfAborted();
    context.logger.warn('the debug log could not be uploaded', {
      task_id: safeId(taskId),
      error: error instanceof BatonError ? error.report.title : 'it cannot be read',
    });
  }
}

function annotationsOf({ accepts }: ServiceContext, { result }: SyncedFile): Any[] {
  if (result === undefined || !accepts.has('certificate')) return [];
  return [certificateToAnnotation(result.certificate as unknown as JsonObject)];
}

/** @param status of the last answer of the target, 0 when there was none */
function failure(thrown: unknown, { context, settings }: RunTaskOptions, status = 0): TaskResult {
  const report = reportOfTask(thrown, context, settings.tempDir);
  const isFinal = FINAL_CODES.has(report.code);
  return { ok: false, report, isFinal, ...(status >= 400 ? { details: [noLimitKnown()] } : {}) };
}

function reportOfTask(thrown: unknown, { c1, logger }: ServiceContext, tempDir: string): ErrorReport {
  if (!(thrown instanceof ConnectError)) return reportFailure(thrown, tempDir, logger);
  const { status, said, report } = c1Failure(thrown, c1.token);
  if (report !== undefined) return report;
  const call = failC1('BK-C1-CALL', { said }).report;
  return { ...call, status: status ?? Status.Unknown };
}

/** Verdicts about what the connector sends: the same connector would send it again. */
const FINAL_CODES = new Set(['BK-SYNC-FORM', 'BK-SYNC-NO-TYPES', 'BK-SYNC-EXCLUSION']);

/** As the genuine clients send it with every failure that an HTTP status of the target caused (protocol: runtime 3.7). */
function noLimitKnown(): Any {
  const resetAt = { seconds: -62_135_596_800n, nanos: 0 };
  return packAny(RateLimitDescriptionSchema, create(RateLimitDescriptionSchema, { resetAt }));
}
