import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import type { Exchange, TaskRecord } from '@batonkit/conformance';
import type { State } from '../faults/states.ts';
import { readRows } from '../faults/read-rows.ts';
import type { TaskPlan } from './draw-incidents.ts';
import type { Unexpected } from './replica.ts';
import type { Kill, LostLease } from './stage-incident.ts';

export interface Evidence {
  plans: readonly TaskPlan[];
  tasks: ReadonlyMap<string, TaskRecord>;
  exchanges: readonly Exchange[];
  kills: readonly Kill[];
  lost: readonly LostLease[];
  unexpected: readonly Unexpected[];
  /** When tokens were refused; a replica that was just starting ends with exit code 16. */
  refused: readonly number[];
  truth: State;
  /** Texts that nobody may ever see, and where they could be: names and bytes. */
  secrets: readonly string[];
  places: readonly { name: string; bytes: Buffer }[];
}

/** What is wrong, one sentence each; empty if the claims hold. */
export function judgeReplicas(evidence: Evidence): string[] {
  const { plans, tasks, unexpected, refused, secrets, places } = evidence;
  const problems: string[] = [];
  for (const plan of plans) {
    const record = tasks.get(plan.id);
    if (record === undefined) problems.push(`${plan.id}: it is gone`);
    else {
      const found = judgeTask(plan, record, evidence);
      if (found.length > 0) problems.push(`${plan.id}: ${found.join('; ')}. ${story(plan, record, evidence)}`);
    }
  }
  for (const { hostId, at, code } of unexpected) {
    const wasRefused = code === 16 && refused.some((when) => when <= at && at - when < 10_000);
    if (!wasRefused) problems.push(`${hostId} ended with ${code} at ${at} ms, and nobody had asked it to`);
  }
  for (const { name, bytes } of places) {
    for (const [n, secret] of secrets.entries()) if (bytes.includes(secret)) problems.push(`${name} holds secret ${n}`);
  }
  return problems;
}

function judgeTask(plan: TaskPlan, record: TaskRecord, evidence: Evidence): string[] {
  const { kills, lost, exchanges, truth } = evidence;
  const problems: string[] = [];
  const accepted = record.finishes.filter((note) => note.accepted);
  if (accepted.length !== 1) problems.push(`${accepted.length} accepted ends`);

  for (const [n, issue] of record.issues.entries()) {
    const before = record.issues[n - 1];
    if (before === undefined) continue;
    const within = (at: number): boolean => before.at <= at && at <= issue.at;
    const reason =
      kills.some(({ hostId, at }) => hostId === before.hostId && within(at)) ||
      lost.some(({ taskId, hostId }) => taskId === plan.id && hostId === before.hostId) ||
      evidence.unexpected.some(({ hostId, at }) => hostId === before.hostId && within(at));
    if (!reason) problems.push(`given out again at ${issue.at} ms, and ${before.hostId} had not been killed`);
  }

  const first = accepted[0];
  for (const note of record.finishes) {
    if (note.accepted) continue;
    if (note.why === 'nothing uploaded') problems.push('a success without a file');
    if (note.why === 'not held' && record.issues.length < 2) problems.push('finished by a replica that never had it');
    if (note.why === 'finished before' && note.hostId === first?.hostId && !answerWasLost(plan.id, exchanges))
      problems.push('finished twice');
  }

  if (first?.request.finalState.case === 'error') {
    const { code } = first.request.status ?? {};
    const isCancelled = record.cancelled && code === 1;
    // A task whose first heartbeat fails is given back, to be done another time.
    const isGivenBack = code === 14 && !first.request.finalState.value.nonRetryable && wasHit(plan.id, exchanges);
    if (!isCancelled && !isGivenBack)
      problems.push(`it ended with status ${code}: ${first.request.status?.message ?? ''}`);
  }
  if (first?.request.finalState.case === 'success') {
    const asset = record.assets.findLast(({ kind, at }) => kind === 'c1z' && at <= first.at);
    if (asset === undefined) problems.push('no file');
    else problems.push(...judgeFile(asset.path, truth));
  }
  return problems;
}

/** What happened to a task, for whoever has to find out why. */
function story(plan: TaskPlan, record: TaskRecord, { exchanges, kills }: Evidence): string {
  const from = Math.min(...record.issues.map(({ at }) => at));
  const to = Math.max(...record.issues.map(({ at }) => at), ...record.finishes.map(({ at }) => at));
  const hosts = new Set(record.issues.map(({ hostId }) => hostId));
  const calls = exchanges.filter(({ messages, began, fault }) => {
    const about = messages[0]?.message as { taskId?: string; msg?: { value?: { taskId?: string } } } | undefined;
    const isOwn = about?.taskId === plan.id || about?.msg?.value?.taskId === plan.id;
    return isOwn || (fault !== undefined && began >= from - 100 && began <= to);
  });
  const lines = [
    ...record.issues.map(({ hostId, at }) => ({ at, text: `given to ${hostId}` })),
    ...kills
      .filter(({ hostId, at }) => hosts.has(hostId) && at >= from && at <= to)
      .map((one) => ({ at: one.at, text: `${one.hostId} killed` })),
    ...calls.map(({ began, ended, call, outcome, fault, connection, status }) => ({
      at: began,
      text: `${call}${fault === undefined ? '' : ` (${fault})`} on ${connection} until ${ended ?? '…'} ${outcome ?? ''} ${status?.code ?? ''}`,
    })),
  ];
  const told = lines.sort((a, b) => a.at - b.at).map(({ at, text }) => `${at} ${text}`);
  return `Plan: ${plan.kill ?? plan.trouble ?? 'nothing'}. ${told.join(', ')}.`;
}

function judgeFile(path: string, truth: State): string[] {
  try {
    const held = readRows(path);
    return (['users', 'roles', 'pairs'] as const).flatMap((part) => {
      const isSame = held[part].size === truth[part].size && [...truth[part]].every((id) => held[part].has(id));
      return isSame ? [] : [`its ${part} are not those of the tenant (${held[part].size} of ${truth[part].size})`];
    });
  } catch (error) {
    return [`its file does not open: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** Whether the end that counted was answered at all, on a connection that lived. */
function answerWasLost(taskId: string, exchanges: readonly Exchange[]): boolean {
  const ends = exchanges.filter(
    ({ call, messages }) => call === 'FinishTask' && (messages[0]?.message as { taskId?: string })?.taskId === taskId,
  );
  const [counted] = ends;
  if (counted === undefined || counted.outcome !== 'answered') return true;
  return exchanges.some(({ fault, connection }) => fault === 'cut' && connection === counted.connection);
}

/** Whether a heartbeat of the task failed, or was answered on a connection that was cut. */
function wasHit(taskId: string, exchanges: readonly Exchange[]): boolean {
  return exchanges.some(
    ({ call, messages, fault, connection }) =>
      call === 'Heartbeat' &&
      (messages[0]?.message as { taskId?: string } | undefined)?.taskId === taskId &&
      (fault !== undefined || exchanges.some((other) => other.fault === 'cut' && other.connection === connection)),
  );
}

/** A sync file as it is, and what is packed in it. */
export function placesOf(path: string): { name: string; bytes: Buffer }[] {
  const bytes = readFileSync(path);
  const found = [{ name: path, bytes }];
  if (bytes.toString('latin1', 0, 4) === 'C1ZF') {
    try {
      found.push({ name: `inside ${path}`, bytes: zstdDecompressSync(bytes.subarray(5)) });
    } catch {
      // Cut off by a kill.
    }
  }
  return found;
}
