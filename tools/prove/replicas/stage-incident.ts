import type { Fault, FakeC1, FaultRule, TaskRecord } from '@batonkit/conformance';
import type { TaskPlan } from './draw-incidents.ts';
import type { Replica } from './replica.ts';

export interface Kill {
  hostId: string;
  taskId: string;
  stage: string;
  at: number;
}

/** A lease that the plan takes from a replica without killing it. */
export interface LostLease {
  hostId: string;
  taskId: string;
  at: number;
}

export interface Stage {
  c1: FakeC1;
  replicas: ReadonlyMap<string, Replica>;
  kills: Kill[];
  lost: LostLease[];
  /** Times at which token requests were refused: a replica that starts then has to end. */
  refused: number[];
  /** How often each trouble fell. */
  fired: Map<string, number>;
}

const LONG = 900_000;

/** Sees to it that what the plan has for one task happens to it. Resolves when it has, or cannot any more. */
export async function stageIncident(plan: TaskPlan, stage: Stage): Promise<void> {
  if (plan.kill !== undefined) return kill(plan, stage);
  if (plan.trouble !== undefined) return trouble(plan, plan.trouble, stage);
}

async function kill({ id, kill: where, at }: TaskPlan, stage: Stage): Promise<void> {
  const { c1 } = stage;
  const record = recordOf(c1, id);
  const on = (rule: Omit<FaultRule, 'taskId'>) => c1.fault({ ...rule, taskId: id });
  // What is to be killed in the middle of a call waits there for it.
  const trap =
    where === 'uploading'
      ? on({ on: 'UploadAsset', fault: { kind: 'hang', after: 1 + (at % 2) } })
      : where === 'uploaded'
        ? on({ on: 'FinishTask', fault: { kind: 'hang' } })
        : where === 'finished'
          ? on({ on: 'FinishTask', fault: { kind: 'hang' }, dealtWith: true })
          : undefined;
  const isThere = (): boolean => {
    if (trap !== undefined) return trap.hits > 0 && (where !== 'finished' || record.done);
    return where === 'given' ? record.issues.length > 0 : record.heartbeats.length > 0;
  };
  await c1.until(() => isThere() || record.done, LONG);
  if (where === 'reading') await new Promise((resolve) => setTimeout(resolve, at));
  trap?.remove();
  const hostId = record.issues.at(-1)?.hostId ?? '';
  const when = c1.now();
  if ((await stage.replicas.get(hostId)?.kill()) === true)
    stage.kills.push({ hostId, taskId: id, stage: where ?? '', at: when });
}

async function trouble({ id, at }: TaskPlan, name: NonNullable<TaskPlan['trouble']>, stage: Stage): Promise<void> {
  const { c1, lost, refused, fired } = stage;
  const record = recordOf(c1, id);
  const note = (): number => fired.set(name, (fired.get(name) ?? 0) + 1).size;
  const fault = async (on: FaultRule['on'], what: Fault, more: Partial<FaultRule> = {}): Promise<void> => {
    const active = c1.fault({ on, fault: what, taskId: id, ...more });
    await c1.until(() => active.hits > 0 || record.done, LONG);
    if (active.hits > 0) note();
    active.remove();
  };
  const after = 1 + (at % 2);
  switch (name) {
    case 'cancelled early':
      c1.cancel(id);
      note();
      return;
    case 'cancelled while uploading': {
      const active = c1.fault({ on: 'UploadAsset', taskId: id, fault: { kind: 'slow', milliseconds: 1500 } });
      await c1.until(() => active.hits > 0 || record.done, LONG);
      if (!record.done) note();
      c1.cancel(id);
      return;
    }
    case 'upload cut':
      return fault('UploadAsset', { kind: 'cut', after });
    case 'upload refused':
      return fault('UploadAsset', { kind: 'status', code: 14, message: 'later', after });
    case 'upload reset':
      return fault('UploadAsset', { kind: 'reset', after });
    case 'answer of upload lost':
      return fault('UploadAsset', { kind: 'cut' }, { dealtWith: true });
    case 'answer of poll lost': {
      const active = c1.fault({ on: ['GetTask', 'GetTasks'], taskId: id, fault: { kind: 'cut' } });
      await c1.until(() => active.hits > 0, LONG);
      note();
      const given = record.issues.at(-1);
      if (given !== undefined) lost.push({ hostId: given.hostId, taskId: id, at: given.at });
      return;
    }
    case 'heartbeat refused': {
      // Not the first, without which no task begins: one of those that go on while the file is sent.
      const slow = c1.fault({ on: 'UploadAsset', taskId: id, fault: { kind: 'slow', milliseconds: 1500 } });
      await fault('Heartbeat', { kind: 'status', code: 14, message: 'later' }, { skip: 1 });
      slow.remove();
      return;
    }
    case 'finish refused':
      return fault('FinishTask', { kind: 'status', code: 14, message: 'later' });
    case 'answer of finish lost':
      return fault('FinishTask', { kind: 'cut' }, { dealtWith: true });
    case 'token refused': {
      // Tokens live shortly here: one is asked for soon.
      const active = c1.fault({ on: 'token', fault: { kind: 'http', status: 401 } });
      await c1.until(() => active.hits > 0, LONG);
      refused.push(c1.now());
      note();
      return;
    }
    case 'token not taken':
      return fault('FinishTask', { kind: 'status', code: 16, message: 'not that token' });
  }
}

function recordOf(c1: FakeC1, id: string): TaskRecord {
  const record = c1.tasks.get(id);
  if (record === undefined) throw new Error(`The task ${id} is not there.`);
  return record;
}
