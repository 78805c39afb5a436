import type { Task } from '@batonkit/protocol/connectorapi';
import { c1Failure } from './c1-failure.ts';
import type { C1Link } from './c1-link.ts';
import { millisecondsOf } from './milliseconds-of.ts';
import type { ServiceContext } from './service-context.ts';
import { within } from './service-context.ts';
import type { TaskPool } from './task-pool.ts';

export interface PollOptions {
  context: ServiceContext;
  link: C1Link;
  pool: TaskPool;
  concurrency: number;
  /** Fetches several at once, up to twice as many as can run (protocol: runtime 3.6). */
  isBatch: boolean;
  signal: AbortSignal;
}

const LONGEST_POLL_MS = 5 * 60_000;
const LONGEST_BACKOFF_MS = 60_000;
/** Longer than any server holds a call open; half-open connections are found by pings much earlier. */
const HELD_MS = 10 * 60_000;
/** So many answers without a task and without a wait are taken as they come; more would be a loop that heats the room. */
const FREE_EMPTIES = 3;
const FIRST_FLOOR_MS = 100;
const LONGEST_FLOOR_MS = 2000;
/** A call that was held open for so long has been the wait itself. */
const HELD_LONG_MS = 1000;

/** Asks C1 for tasks until the signal stops it, however long C1 is away (protocol: runtime 3.6). */
export async function pollTasks({ context, link, pool, concurrency, isBatch, signal }: PollOptions): Promise<void> {
  const { clock, logger, c1 } = context;
  let wait = 0;
  let errors = 0;
  let empties = 0;
  while (!signal.aborted) {
    try {
      if (wait > 0) await clock.sleep(wait, signal);
      await pool.whenBelow(concurrency, signal);
    } catch {
      return;
    }
    const askedAt = clock.monotonic();
    try {
      const { tasks, nextPoll } = await within(context, 'the poll', HELD_MS, signal, (limited) =>
        isBatch ? fetchSeveral(context, pool, concurrency, limited) : fetchOne(context, limited),
      );
      if (errors > 0) logger.info('C1 answers again', { err_count: errors });
      errors = 0;
      link.works();
      const began = tasks.filter((task) => take(context, pool, task)).length;
      wait = nextPoll;
      empties = began === 0 && clock.monotonic() - askedAt < HELD_LONG_MS ? empties + 1 : 0;
      if (empties > FREE_EMPTIES)
        wait = Math.max(wait, Math.min(FIRST_FLOOR_MS * 2 ** (empties - FREE_EMPTIES - 1), LONGEST_FLOOR_MS));
    } catch (error) {
      if (signal.aborted) return;
      errors += 1;
      wait = Math.min(errors ** 2 * 1000, LONGEST_BACKOFF_MS);
      const { status, said } = c1Failure(error, c1.token);
      link.fails(said);
      logger.error('C1 gave no answer about tasks; it is asked again', {
        err_count: errors,
        next_check_after: wait / 1000,
        status,
        error: said,
      });
    }
  }
}

interface Fetched {
  tasks: Task[];
  nextPoll: number;
}

async function fetchOne({ c1, hostId }: ServiceContext, signal: AbortSignal): Promise<Fetched> {
  const { task, nextPoll } = await c1.calls.getTask({ hostId }, { signal });
  return { tasks: task === undefined ? [] : [task], nextPoll: millisecondsOf(nextPoll, 0, LONGEST_POLL_MS) };
}

async function fetchSeveral(
  { c1, hostId }: ServiceContext,
  pool: TaskPool,
  concurrency: number,
  signal: AbortSignal,
): Promise<Fetched> {
  const { known } = pool;
  const pageSize = Math.min(2 * concurrency - known.length, 100);
  const { tasks, nextPoll } = await c1.calls.getTasks({ hostId, pageSize, knownTaskIds: known }, { signal });
  return { tasks, nextPoll: millisecondsOf(nextPoll, 0, LONGEST_POLL_MS) };
}

/** Whether it is a task that begins here. */
function take({ logger }: ServiceContext, pool: TaskPool, task: Task): boolean {
  if (task.taskType.case === 'none') return false;
  if (task.id === '') {
    logger.error('C1 sent a task without an id, which nobody could finish; it is passed over');
    return false;
  }
  if (pool.add(task)) return true;
  logger.warn('C1 sent a task that is here already; it is not run twice', { task_id: safeId(task.id) });
  return false;
}

/** An id as a log line may carry it. */
export const safeId = (id: string): string => (/^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : 'of an unusual form');
