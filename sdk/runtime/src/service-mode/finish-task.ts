import type { ErrorReport } from '@batonkit/kernel';
import { errorToDetail, packAny } from '@batonkit/protocol';
import type { BatonServiceFinishTaskRequestSchema } from '@batonkit/protocol/connectorapi';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { fromJson } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import { c1Failure, isPassing } from './c1-failure.ts';
import { safeId } from './poll-tasks.ts';
import { growingWait } from './growing-wait.ts';
import type { ServiceContext } from './service-context.ts';

/** How a task ended. */
export type TaskResult =
  | { ok: true; annotations?: Any[]; response?: Any }
  | {
      ok: false;
      report: ErrorReport;
      /** The same task would fail again. */
      isFinal: boolean;
      details?: Any[];
    };

const DEADLINE_MS = 30_000;
/**
 * A task that is not heard of for about so long is handed out again: then somebody else ends it, maybe this process, and
 * what comes later from here counts no more. No attempt begins after that.
 */
const LEASE_MS = 120_000;

/**
 * Closes a task at C1, tried again while C1 is away, for as long as the lease may last. Answers whether C1 took it.
 *
 * @param signal not the task's: one that was aborted is finished, too
 */
export async function finishTask(
  context: ServiceContext,
  taskId: string,
  result: TaskResult,
  signal: AbortSignal,
): Promise<boolean> {
  const { c1, hostId, clock, random, logger } = context;
  const request = { hostId, taskId, ...encode(context, result) };
  const lastAt = clock.monotonic() + LEASE_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await c1.calls.finishTask(request, { signal, timeoutMs: DEADLINE_MS });
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const { status, said } = c1Failure(error, c1.token);
      const left = lastAt - clock.monotonic();
      const isLast = left <= 0 || !isPassing(status);
      const about = { task_id: safeId(taskId), attempt, status, error: said };
      if (isLast) {
        logger.error('C1 did not take the end of a task', about);
        return false;
      }
      logger.warn('C1 did not take the end of a task; it is sent again', about);
      try {
        await clock.sleep(Math.min(growingWait(attempt, random), left), signal);
      } catch {
        return false;
      }
    }
  }
}

function encode(
  { accepts }: ServiceContext,
  result: TaskResult,
): MessageInitShape<typeof BatonServiceFinishTaskRequestSchema> {
  if (result.ok) {
    const { annotations = [], response } = result;
    const value = { annotations, ...(response === undefined ? {} : { response }) };
    return { finalState: { case: 'success', value } };
  }
  const { report, isFinal, details = [] } = result;
  const sentence = `${report.title} ${report.meaning} ${report.remedy} (${report.code})`;
  // Others of this SDK show the report as it is, whatever connector it comes from.
  const whole = accepts.has('error') ? [packAny(StructSchema, fromJson(StructSchema, errorToDetail(report)))] : [];
  return {
    status: {
      code: report.status,
      message: isFinal ? `${sentence}\nThe same task would fail again: it is not retryable.` : sentence,
      details: [...details, ...whole],
    },
    finalState: { case: 'error', value: { nonRetryable: isFinal } },
  };
}
