import { clone, create, type MessageInitShape } from '@bufbuild/protobuf';
import { Task_Status, TaskSchema } from '@batonkit/protocol/connectorapi';
import type { BatonServiceFinishTaskRequest, Task } from '@batonkit/protocol/connectorapi';

/** A task as one writes it down: `{ id, taskType: { case: 'syncFull', value: {} } }`. */
export type TaskInit = MessageInitShape<typeof TaskSchema>;

/** Times are milliseconds since the fake was started. */
export interface Issue {
  hostId: string;
  at: number;
  /** Why it was given out: the first time, or because the lease before ended. */
  why: 'first' | 'lease ended';
}

export interface HeartbeatNote {
  hostId: string;
  at: number;
  /** Whether it came from who holds the task; another one is told to stop. */
  held: boolean;
}

export interface Asset {
  hostId: string;
  at: number;
  /** A sync file or a debug log, by its first bytes. */
  kind: 'c1z' | 'log';
  path: string;
  bytes: number;
  sha256: string;
  /** Which issue of the task it belongs to, from 0. */
  issue: number;
}

export interface FinishNote {
  hostId: string;
  at: number;
  request: BatonServiceFinishTaskRequest;
  /** Only one per task is. */
  accepted: boolean;
  /** Why it is not. */
  why?: 'not held' | 'finished before' | 'nothing uploaded';
}

/** All that happened to one task. */
export interface TaskRecord {
  task: Task;
  issues: Issue[];
  heartbeats: HeartbeatNote[];
  assets: Asset[];
  finishes: FinishNote[];
  /** Who may heartbeat, upload and finish, and until when. */
  lease?: { hostId: string; until: number };
  cancelled: boolean;
  done: boolean;
}

/** The tasks of a fake C1: who holds which, for how long, and what came of it. */
export class TaskBook {
  readonly records = new Map<string, TaskRecord>();
  private readonly now: () => number;
  private readonly leaseMs: number;

  constructor(now: () => number, leaseMs: number) {
    this.now = now;
    this.leaseMs = leaseMs;
  }

  /** Puts a task at the end of the queue. */
  add(init: TaskInit): TaskRecord {
    const task = create(TaskSchema, init);
    if (task.status === Task_Status.UNSPECIFIED) task.status = Task_Status.PENDING;
    const record: TaskRecord = {
      task,
      issues: [],
      heartbeats: [],
      assets: [],
      finishes: [],
      cancelled: false,
      done: false,
    };
    this.records.set(task.id, record);
    return record;
  }

  /** The next task for a replica; its lease begins. */
  lend(hostId: string, known: ReadonlySet<string> = new Set()): Task | undefined {
    const at = this.now();
    for (const record of this.records.values()) {
      if (record.done || known.has(record.task.id)) continue;
      if (record.lease !== undefined && record.lease.until > at) continue;
      record.issues.push({ hostId, at, why: record.issues.length === 0 ? 'first' : 'lease ended' });
      record.lease = { hostId, until: at + this.leaseMs };
      return record.task;
    }
    return undefined;
  }

  /** A task that an answer of a fault switch names. */
  lendThis(hostId: string, task: Task): void {
    const record = this.records.get(task.id) ?? this.add(clone(TaskSchema, task));
    record.issues.push({ hostId, at: this.now(), why: record.issues.length === 0 ? 'first' : 'lease ended' });
    if (!record.done) record.lease = { hostId, until: this.now() + this.leaseMs };
  }

  /** When the next lease ends, so that a held poll can wake up. */
  nextLeaseEnd(): number | undefined {
    const ends = [...this.records.values()].flatMap(({ done, lease }) =>
      done || lease === undefined ? [] : [lease.until],
    );
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /** Notes a heartbeat; the lease goes on. Whether the client is to stop. */
  beat(hostId: string, taskId: string): { cancelled: boolean } {
    const record = this.records.get(taskId);
    const held = record !== undefined && this.holds(record, hostId);
    record?.heartbeats.push({ hostId, at: this.now(), held });
    if (held && record.lease !== undefined) record.lease.until = this.now() + this.leaseMs;
    return { cancelled: !held || record.cancelled };
  }

  /** Why this replica may not upload for the task; undefined if it may. */
  refusal(hostId: string, taskId: string): string | undefined {
    const record = this.records.get(taskId);
    if (record === undefined) return 'there is no such task';
    return this.holds(record, hostId) ? undefined : 'the task is not held by this host';
  }

  /** Keeps an asset. The same bytes again are the same asset; there are at most two per issue, one of a kind. */
  keep(taskId: string, asset: Omit<Asset, 'at' | 'issue'>): void {
    const record = this.records.get(taskId);
    if (record === undefined) return;
    const issue = record.issues.length - 1;
    record.assets = record.assets.filter((old) => old.issue !== issue || old.kind !== asset.kind);
    record.assets.push({ ...asset, at: this.now(), issue });
  }

  finish(request: BatonServiceFinishTaskRequest): FinishNote {
    const record = this.records.get(request.taskId);
    const note: FinishNote = { hostId: request.hostId, at: this.now(), request, accepted: true };
    const why = this.whyNot(request, record);
    if (why !== undefined) Object.assign(note, { accepted: false, why });
    else if (record !== undefined) this.close(record);
    record?.finishes.push(note);
    return note;
  }

  /** A hello task ends with the Hello that names it. */
  greeted(taskId: string): void {
    const record = this.records.get(taskId);
    if (record !== undefined) this.close(record);
  }

  private whyNot(request: BatonServiceFinishTaskRequest, record: TaskRecord | undefined): FinishNote['why'] {
    if (record === undefined) return 'not held';
    if (record.done) return 'finished before';
    if (!this.holds(record, request.hostId)) return 'not held';
    const issue = record.issues.length - 1;
    const uploaded = record.assets.some((asset) => asset.kind === 'c1z' && asset.issue === issue);
    const needsFile = record.task.taskType.case === 'syncFull' && request.finalState.case === 'success';
    return needsFile && !uploaded ? 'nothing uploaded' : undefined;
  }

  /** A lease that ran out still counts until somebody else has the task: only its holder can know the work is done. */
  private holds(record: TaskRecord, hostId: string): boolean {
    return !record.done && record.lease?.hostId === hostId;
  }

  private close(record: TaskRecord): void {
    record.done = true;
    record.task.status = Task_Status.FINISHED;
    delete record.lease;
  }
}
