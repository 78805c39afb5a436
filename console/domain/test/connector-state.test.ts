import { expect, test } from 'vitest';
import { connectorState, passedStates } from '../src/index.ts';
import type { ConnectorFacts, RunFacts } from '../src/index.ts';

const at = (time: string): string => `2026-05-03T${time}.000Z`;
const NOW = Date.parse(at('10:00:00'));

const created: ConnectorFacts = {
  createdAt: at('08:00:00'),
  missing: [],
  run: null,
  failedBefore: null,
  held: null,
  lastApplied: null,
};
const queued: RunFacts = {
  requestedAt: at('09:00:00'),
  claimedAt: null,
  startedAt: null,
  attempt: 0,
  phase: 'queued',
  lists: [],
  waiting: null,
  plan: null,
  requests: 0,
  ingestAt: null,
  finishedAt: null,
  outcome: 'running',
  error: null,
  confirmedAt: null,
};
const reading: RunFacts = {
  ...queued,
  claimedAt: at('09:00:01'),
  startedAt: at('09:00:02'),
  attempt: 1,
  phase: 'read',
  lists: [
    { name: 'roles', pass: 1, received: 8, total: 8, pages: 1, done: true },
    { name: 'users', pass: 1, received: 412, total: 1031, pages: 5, done: false },
  ],
};
const processing: RunFacts = { ...reading, phase: 'ingest', ingestAt: at('09:05:00') };
const ended = (outcome: RunFacts['outcome'], more: Partial<RunFacts> = {}): RunFacts => ({
  ...processing,
  finishedAt: at('09:06:00'),
  outcome,
  ...more,
});
const error = {
  code: 'RL-AUTH-401',
  status: 16 as const,
  title: 'Runlayer refused the key.',
  meaning: 'It may be revoked.',
  remedy: 'Create one.',
};
const lastApplied = {
  at: at('09:48:00'),
  counts: { accounts: 1204, roles: 8, grants: 1377 },
  warnings: [],
};
const held = {
  at: at('09:06:00'),
  reasons: [{ code: 'BK-DROP-ROLE', text: 'Super Admin would fall from 4 holders to 0.' }],
};

const table: [what: string, facts: ConnectorFacts, label: string, reason: string, warning?: string][] = [
  ['new', { ...created, missing: ['Base URL', 'API key'] }, 'Not connected', 'Base URL and API key are missing.'],
  ['half filled in', { ...created, missing: ['API key'] }, 'Not connected', 'API key is missing.'],
  ['saved', created, 'Not connected', 'Saved, not synced yet.'],
  ['queued', { ...created, run: queued }, 'Syncing', 'Waiting for a worker.'],
  [
    'claimed',
    { ...created, run: { ...queued, claimedAt: at('09:00:01'), attempt: 1 } },
    'Syncing',
    'Starting the connector.',
  ],
  ['reading', { ...created, run: reading }, 'Syncing', 'Roles done, 412 of 1,031 users, page 5.'],
  [
    'reading again after a death',
    { ...created, run: { ...reading, attempt: 2 } },
    'Syncing',
    'Roles done, 412 of 1,031 users, page 5. Attempt 2.',
  ],
  [
    'second pass',
    {
      ...created,
      run: {
        ...reading,
        phase: 'prove',
        lists: [...reading.lists, { name: 'users', pass: 2, received: 100, total: null, pages: 1, done: false }],
      },
    },
    'Syncing',
    '100 users, page 1; pass 2, to compare.',
  ],
  [
    'asked to wait',
    { ...created, run: { ...reading, waiting: { until: at('10:01:00'), reason: 'Runlayer asks us to wait 30 s.' } } },
    'Syncing',
    'Runlayer asks us to wait 30 s.',
  ],
  [
    'syncing while there is older data',
    { ...created, run: reading, lastApplied },
    'Syncing',
    'Roles done, 412 of 1,031 users, page 5.',
  ],
  ['comparing', { ...created, run: processing }, 'Processing', 'Everything is read; comparing it with the last sync.'],
  [
    'applied',
    { ...created, run: ended('applied'), lastApplied },
    'Connected',
    'Synced 12 minutes ago: 1,204 accounts, 8 roles, 1,377 grants.',
  ],
  [
    'applied with a warning',
    {
      ...created,
      run: ended('applied'),
      lastApplied: { ...lastApplied, warnings: [{ code: 'X', text: 'Look here.' }] },
    },
    'Connected',
    'Synced 12 minutes ago: 1,204 accounts, 8 roles, 1,377 grants.',
    'Look here.',
  ],
  [
    'failed with older data',
    { ...created, run: ended('failed', { error }), lastApplied },
    'Error',
    'Runlayer refused the key. Data shown was synced 12 minutes ago.',
  ],
  [
    'failed the first time',
    { ...created, run: ended('failed', { error }) },
    'Error',
    'Runlayer refused the key. No data yet.',
  ],
  [
    'held',
    { ...created, run: ended('held'), held, lastApplied },
    'Paused',
    'Super Admin would fall from 4 holders to 0. Nothing was applied.',
    'Data shown was synced 12 minutes ago.',
  ],
  [
    'a newer run fails while one is held',
    { ...created, run: ended('failed', { error }), held, lastApplied },
    'Error',
    'Runlayer refused the key. Data shown was synced 12 minutes ago.',
    'A sync before it is held and waits for a decision.',
  ],
  ['a newer run while one is held', { ...created, run: queued, held, lastApplied }, 'Syncing', 'Waiting for a worker.'],
  [
    'the first one cancelled',
    { ...created, run: ended('cancelled') },
    'Not connected',
    'The first sync was cancelled.',
  ],
  [
    'a later one cancelled',
    { ...created, run: ended('cancelled'), lastApplied },
    'Connected',
    'Synced 12 minutes ago: 1,204 accounts, 8 roles, 1,377 grants.',
    'The last sync was cancelled.',
  ],
  [
    'one cancelled after one that failed: nothing is mended',
    { ...created, run: ended('cancelled'), failedBefore: { at: at('08:30:00'), error }, lastApplied },
    'Error',
    'Runlayer refused the key. Data shown was synced 12 minutes ago.',
    'The last sync was cancelled.',
  ],
  [
    'one cancelled after one that failed while one is held',
    { ...created, run: ended('cancelled'), failedBefore: { at: at('08:30:00'), error }, held, lastApplied },
    'Error',
    'Runlayer refused the key. Data shown was synced 12 minutes ago.',
    'The last sync was cancelled. A sync before it is held and waits for a decision.',
  ],
  [
    'one applied after one that failed',
    { ...created, run: ended('applied'), failedBefore: null, lastApplied },
    'Connected',
    'Synced 12 minutes ago: 1,204 accounts, 8 roles, 1,377 grants.',
  ],
];

test.each(table)('%s', (_what, facts, label, reason, warning) => {
  const state = connectorState(facts, NOW);
  expect([state.label, state.reason, state.warning]).toEqual([label, reason, warning]);
});

test('an error comes along whole, for its meaning and remedy', () => {
  expect(connectorState({ ...created, run: ended('failed', { error }) }, NOW).error).toEqual(error);
});

test('without an applied sync no facts at all are Connected', () => {
  const outcomes = [
    'running',
    'applied',
    'unchanged',
    'held',
    'confirmed',
    'disproved',
    'superseded',
    'failed',
    'cancelled',
  ] as const;
  for (const outcome of outcomes) {
    for (const run of [null, queued, reading, processing, ended(outcome)]) {
      for (const missing of [[], ['API key']]) {
        for (const hold of [null, held]) {
          expect(connectorState({ ...created, missing, run, held: hold }, NOW).name).not.toBe('connected');
        }
      }
    }
  }
});

const ages: [applied: string, text: string][] = [
  [at('09:59:30'), 'just now'],
  [at('09:59:00'), '1 minute ago'],
  [at('09:00:00'), '1 hour ago'],
  ['2026-05-01T11:00:00.000Z', '47 hours ago'],
  ['2026-05-01T10:00:00.000Z', '2 days ago'],
];
test.each(ages)('data of %s was synced %s', (applied, text) => {
  const facts = { ...created, run: ended('applied'), lastApplied: { ...lastApplied, at: applied } };
  expect(connectorState(facts, NOW).reason).toContain(`Synced ${text}:`);
});

test('the states that a run has passed, each with the time of its fact', () => {
  const names = (facts: ConnectorFacts): [string, string][] =>
    passedStates(facts).map(({ label, at: time }) => [label, time]);
  expect(names(created)).toEqual([]);
  expect(names({ ...created, run: reading })).toEqual([['Syncing', at('09:00:00')]]);
  expect(names({ ...created, run: ended('applied'), lastApplied })).toEqual([
    ['Syncing', at('09:00:00')],
    ['Processing', at('09:05:00')],
    ['Connected', at('09:06:00')],
  ]);
  expect(names({ ...created, run: ended('failed', { error, ingestAt: null }) })).toEqual([
    ['Syncing', at('09:00:00')],
    ['Error', at('09:06:00')],
  ]);
  expect(names({ ...created, run: ended('confirmed', { confirmedAt: at('09:10:00') }), lastApplied })).toEqual([
    ['Syncing', at('09:00:00')],
    ['Processing', at('09:05:00')],
    ['Paused', at('09:06:00')],
    ['Connected', at('09:10:00')],
  ]);
  // A field that is required since then does not change what has been.
  expect(names({ ...created, missing: ['Region'], run: ended('applied'), lastApplied }).at(-1)).toEqual([
    'Connected',
    at('09:06:00'),
  ]);
  const stopped = { ...created, run: ended('cancelled', { ingestAt: null }), lastApplied };
  expect(names(stopped).at(-1)).toEqual(['Connected', at('09:06:00')]);
  const failedBefore = { at: at('08:30:00'), error };
  expect(names({ ...stopped, failedBefore }).at(-1)).toEqual(['Error', at('09:06:00')]);
});
