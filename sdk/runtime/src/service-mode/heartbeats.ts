import type { LinkedAbort } from '@batonkit/kernel';
import { progressToAnnotation } from '@batonkit/protocol';
import { c1Failure } from './c1-failure.ts';
import { failC1 } from './errors.ts';
import { millisecondsOf } from './milliseconds-of.ts';
import { safeId } from './poll-tasks.ts';
import type { RecentProgress } from './recent-progress.ts';
import type { ServiceContext } from './service-context.ts';
import { within } from './service-context.ts';

const LEAST_MS = 1000;
const MOST_MS = 5 * 60_000;
/** What is taken when C1 names no interval. */
const USUAL_MS = 30_000;
/** So many failures in a row, and the lease counts as lost (protocol: runtime 3.8). */
export const MOST_FAILURES = 9;
const ANSWER_MS = 60_000;

/**
 * Keeps the lease of a task. The first beat comes before all work.
 *
 *     await using beats = await startHeartbeats(context, task.id, linked, progress);
 *
 * @param task aborted when C1 cancels the task or its lease counts as lost
 * @param progress passed on with each beat to a hub that announced that it takes it
 * @throws BatonError `BK-C1-CANCELED`; what the first beat threw
 */
export async function startHeartbeats(
  context: ServiceContext,
  taskId: string,
  task: LinkedAbort,
  progress: RecentProgress,
): Promise<AsyncDisposable> {
  const beat = async (signal: AbortSignal): Promise<number> => {
    const told = context.accepts.has('progress') ? progress.all : [];
    const annotations = told.length === 0 ? [] : [progressToAnnotation(told)];
    const { nextHeartbeat, cancelled } = await within(context, 'a heartbeat', ANSWER_MS, signal, (limited) =>
      context.c1.calls.heartbeat({ hostId: context.hostId, taskId, annotations }, { signal: limited }),
    );
    progress.passedOn(told);
    if (cancelled) throw failC1('BK-C1-CANCELED', {});
    const asked = millisecondsOf(nextHeartbeat, 0, MOST_MS);
    return asked === 0 ? USUAL_MS : Math.max(asked, LEAST_MS);
  };
  const first = await beat(task.signal);
  const end = new AbortController();
  const going = keepBeating(context, taskId, first, beat, task, end.signal);
  return {
    [Symbol.asyncDispose]: async () => {
      end.abort();
      await going;
    },
  };
}

async function keepBeating(
  { clock, logger, c1 }: ServiceContext,
  taskId: string,
  first: number,
  beat: (signal: AbortSignal) => Promise<number>,
  task: LinkedAbort,
  signal: AbortSignal,
): Promise<void> {
  let interval = first;
  let failures = 0;
  while (!signal.aborted) {
    try {
      await clock.sleep(interval, signal);
      interval = await beat(signal);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      const { status, said, report } = c1Failure(error, c1.token);
      if (report?.code === 'BK-C1-CANCELED') return task.abort(failC1('BK-C1-CANCELED', {}));
      failures += 1;
      const about = { task_id: safeId(taskId), failures, status, error: said };
      logger.warn('a heartbeat failed', about);
      if (failures >= MOST_FAILURES) return task.abort(failC1('BK-C1-LEASE', { times: failures }));
    }
  }
}
