import { create, type DescMethod, type Message, type MessageInitShape } from '@bufbuild/protobuf';
import { DurationSchema, type Duration } from '@bufbuild/protobuf/wkt';
import type {
  BatonServiceFinishTaskRequest,
  BatonServiceGetTaskRequest,
  BatonServiceGetTasksRequest,
  BatonServiceHeartbeatRequest,
  BatonServiceHelloRequest,
  StartDebuggingRequest,
  Task,
} from '@batonkit/protocol/connectorapi';
import type { World } from './world.ts';

export type UnaryRequest =
  | BatonServiceHelloRequest
  | BatonServiceGetTaskRequest
  | BatonServiceGetTasksRequest
  | BatonServiceHeartbeatRequest
  | BatonServiceFinishTaskRequest
  | StartDebuggingRequest;

/** What C1 answers with a status. */
export class Refused extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Deals with one request as C1 does.
 * @param instead answered instead; tasks in it are lent to who asked
 * @throws Refused
 */
export async function answer(
  world: World,
  { output }: DescMethod,
  request: UnaryRequest | undefined,
  signal: AbortSignal,
  instead?: object,
): Promise<Message> {
  const reply = (init: object): Message => create(output, init as MessageInitShape<typeof output>);
  const { book } = world;
  if (instead !== undefined) {
    const message = reply(instead);
    for (const task of tasksOf(message)) book.lendThis((request as { hostId: string }).hostId, task);
    if (request?.$typeName === 'c1.connectorapi.baton.v1.BatonServiceHeartbeatRequest')
      book.beat(request.hostId, request.taskId);
    return message;
  }
  switch (request?.$typeName) {
    case 'c1.connectorapi.baton.v1.BatonServiceHelloRequest':
      if (request.taskId !== '') book.greeted(request.taskId);
      return reply({});
    case 'c1.connectorapi.baton.v1.BatonServiceGetTaskRequest': {
      const task = await held(world, signal, () => book.lend(request.hostId));
      return reply({ ...(task === undefined ? {} : { task }), nextPoll: nextPoll(world) });
    }
    case 'c1.connectorapi.baton.v1.BatonServiceGetTasksRequest': {
      const known = new Set(request.knownTaskIds);
      const tasks: Task[] = [];
      const first = await held(world, signal, () => book.lend(request.hostId, known));
      for (let task = first; task !== undefined; task = book.lend(request.hostId, known)) {
        tasks.push(task);
        if (tasks.length >= request.pageSize) break;
      }
      return reply({ tasks, nextPoll: nextPoll(world) });
    }
    case 'c1.connectorapi.baton.v1.BatonServiceHeartbeatRequest': {
      const { cancelled } = book.beat(request.hostId, request.taskId);
      return reply({ nextHeartbeat: duration(world.heartbeatMs), cancelled });
    }
    case 'c1.connectorapi.baton.v1.BatonServiceFinishTaskRequest': {
      const { why } = book.finish(request);
      if (why === 'nothing uploaded') throw new Refused(9, 'the task has no file');
      return reply({});
    }
    default:
      return reply({});
  }
}

/** Of the answer to a poll. */
export function tasksOf(message: Message): Task[] {
  const { task, tasks = [] } = message as { task?: Task; tasks?: Task[] };
  return task === undefined ? tasks : [task];
}

function nextPoll(world: World): Duration {
  const poll = world.counters.polls;
  world.counters.polls += 1;
  return duration(world.nextPollMs(poll));
}

/** A poll is held open until there is a task for it, or its time is over. */
async function held(world: World, signal: AbortSignal, lend: () => Task | undefined): Promise<Task | undefined> {
  const until = world.now() + world.holdMs;
  for (;;) {
    // Nobody who has gone gets a task.
    signal.throwIfAborted();
    const task = lend();
    const left = until - world.now();
    if (task !== undefined || left <= 0) return task;
    const pause = new AbortController();
    const lease = (world.book.nextLeaseEnd() ?? Infinity) - world.now();
    const waits = [
      world.nextChange(pause.signal),
      world.clock.sleep(Math.max(1, Math.min(left, lease)), AbortSignal.any([signal, pause.signal])),
    ];
    try {
      await Promise.race(waits);
    } finally {
      pause.abort();
      await Promise.allSettled(waits);
    }
  }
}

const duration = (milliseconds: number): Duration =>
  create(DurationSchema, {
    seconds: BigInt(Math.floor(milliseconds / 1000)),
    nanos: Math.round(milliseconds % 1000) * 1_000_000,
  });
