import type {
  AppliedFacts,
  ConnectorFacts,
  FailureFacts,
  ListFacts,
  PassedState,
  RunFacts,
  RunOutcome,
  State,
  StateName,
} from './facts.ts';

const LABELS: Record<StateName, string> = {
  not_connected: 'Not connected',
  syncing: 'Syncing',
  processing: 'Processing',
  connected: 'Connected',
  error: 'Error',
  paused: 'Paused',
};

/** The state right after a run, whatever was decided or saved since; after a cancelled one it is what it was before. */
const ENDS: Partial<Record<RunOutcome, StateName>> = {
  applied: 'connected',
  unchanged: 'connected',
  held: 'paused',
  confirmed: 'paused',
  disproved: 'paused',
  superseded: 'paused',
  failed: 'error',
};

/**
 * What a connector's chip says, from facts alone. A run that goes on is shown first; then how the newest run ended;
 * Connected only when a complete sync has been applied.
 *
 * @param now milliseconds since the epoch
 */
export function connectorState(facts: ConnectorFacts, now: number): State {
  const { run } = facts;
  if (run !== null && run.finishedAt === null) return running(run);
  const failure = failureOf(facts);
  if (failure !== null) return failed(facts, failure, now);
  if (facts.held !== null) {
    const reason = `${facts.held.reasons.map((held) => held.text).join(' ')} Nothing was applied.`;
    return state('paused', facts.held.at, reason.trim(), lastGood(facts, now));
  }
  if (facts.missing.length > 0) {
    const reason = `${join(facts.missing)} ${facts.missing.length === 1 ? 'is' : 'are'} missing.`;
    return state('not_connected', facts.createdAt, reason, lastGood(facts, now));
  }
  if (facts.lastApplied === null) {
    const reason = run?.outcome === 'cancelled' ? 'The first sync was cancelled.' : 'Saved, not synced yet.';
    return state('not_connected', run?.finishedAt ?? facts.createdAt, reason);
  }
  const { at, counts, warnings } = facts.lastApplied;
  const reason = `Synced ${age(at, now)}: ${count(counts.accounts, 'account')}, ${count(counts.roles, 'role')}, ${count(counts.grants, 'grant')}.`;
  return state('connected', at, reason, [...cancelled(run), ...warnings.map((warning) => warning.text)].join(' '));
}

/**
 * The states that the newest run has passed, oldest first: what `connectorState` said at the times of its facts. Empty
 * before the first run.
 */
export function passedStates(facts: ConnectorFacts): PassedState[] {
  const { run } = facts;
  if (run === null) return [];
  const passed: PassedState[] = [passedAt('syncing', run.requestedAt)];
  if (run.ingestAt !== null) passed.push(passedAt('processing', run.ingestAt));
  if (run.finishedAt === null) return passed;
  passed.push(passedAt(ENDS[run.outcome] ?? connectorState(facts, Date.parse(run.finishedAt)).name, run.finishedAt));
  if (run.confirmedAt !== null) passed.push(passedAt('connected', run.confirmedAt));
  return passed;
}

function passedAt(name: StateName, at: string): PassedState {
  return { name, label: LABELS[name], at };
}

function state(name: StateName, since: string, reason: string, warning?: string): State {
  const result: State = { name, label: LABELS[name], reason, since };
  return warning === undefined || warning === '' ? result : { ...result, warning };
}

function running(run: RunFacts): State {
  if (run.ingestAt !== null) {
    return state('processing', run.ingestAt, 'Everything is read; comparing it with the last sync.');
  }
  const again = run.attempt > 1 ? ` Attempt ${run.attempt}.` : '';
  return state('syncing', run.requestedAt, `${syncingReason(run)}${again}`);
}

function syncingReason(run: RunFacts): string {
  if (run.waiting !== null) return run.waiting.reason;
  switch (run.phase) {
    case 'queued':
      return run.claimedAt === null ? 'Waiting for a worker.' : 'Starting the connector.';
    case 'validate':
      return 'Checking the address and the key.';
    case 'read':
    case 'prove':
      return listsReason(run.lists) ?? (run.phase === 'read' ? 'Reading.' : 'Reading a second time, to compare.');
    case 'store':
      return 'Everything is read and proven; writing the file.';
    case 'save':
    case 'ingest':
    default:
      return 'Saving the file.';
  }
}

// "Roles done, 412 of 1,031 users, page 5."
function listsReason(lists: ListFacts[]): string | undefined {
  const pass = Math.max(0, ...lists.map((list) => list.pass));
  const current = lists.filter((list) => list.pass === pass);
  if (current.length === 0) return undefined;
  const done = current.filter((list) => list.done).map((list) => list.name);
  const parts = done.length === 0 ? [] : [`${join(done)} done`];
  for (const list of current) {
    if (list.done) continue;
    const received = list.total === null ? number(list.received) : `${number(list.received)} of ${number(list.total)}`;
    parts.push(`${received} ${list.name}, page ${number(list.pages)}`);
  }
  const text = parts.join(', ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${pass > 1 ? `; pass ${pass}, to compare` : ''}.`;
}

/** A run that is cancelled says nothing about the source, so it mends nothing. */
function failureOf({ run, failedBefore }: ConnectorFacts): FailureFacts | null {
  if (run?.outcome === 'failed') return { at: run.finishedAt ?? run.requestedAt, error: run.error };
  return run?.outcome === 'cancelled' ? failedBefore : null;
}

function failed(facts: ConnectorFacts, { at, error }: FailureFacts, now: number): State {
  const title = error?.title ?? 'The sync ended without a result.';
  const reason = [title, lastGood(facts, now) ?? 'No data yet.'].join(' ');
  const held = facts.held === null ? [] : ['A sync before it is held and waits for a decision.'];
  const result = state('error', at, reason, [...cancelled(facts.run), ...held].join(' '));
  return error === null ? result : { ...result, error };
}

function cancelled(run: RunFacts | null): string[] {
  return run?.outcome === 'cancelled' ? ['The last sync was cancelled.'] : [];
}

function lastGood(facts: ConnectorFacts, now: number): string | undefined {
  const applied: AppliedFacts | null = facts.lastApplied;
  return applied === null ? undefined : `Data shown was synced ${age(applied.at, now)}.`;
}

/** How long ago, in the largest unit that fits. */
function age(at: string, now: number): string {
  const minutes = Math.floor((now - Date.parse(at)) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${count(minutes, 'minute')} ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${count(hours, 'hour')} ago`;
  return `${count(Math.floor(hours / 24), 'day')} ago`;
}

function join(words: string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const number = (value: number): string => value.toLocaleString('en-US');
const count = (value: number, noun: string): string => `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
