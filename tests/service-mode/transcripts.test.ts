import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TranscriptEntry } from '@batonkit/conformance';
import { rulesOf, startFakeC1, toTranscript } from '@batonkit/conformance';
import { afterAll, describe, expect, test } from 'vitest';
import { fastClock } from './fast-clock.ts';
import { scriptedConnector, type Script } from './scripted-connector.ts';
import { Service } from './service.ts';

const folder = fileURLToPath(new URL('../fixtures/service-mode/', import.meta.url));
const scenarios = readdirSync(folder).map((name) => name.replace(/\.json$/, ''));

interface Recorded {
  exit_code: number;
  client: { client_id: string; client_secret: string };
  exchange: TranscriptEntry[];
}

/** What our client does otherwise, and why: calls that it makes after the recorded ones of a task, or instead of them. */
interface Difference {
  why: string;
  /** By the last letter of the task's id. */
  more?: Record<string, string[]>;
  instead?: Record<string, string[]>;
  exit?: number;
  /** Attempts to upload are not counted. */
  uploads?: true;
}
const finishes = 'FinishTask is always sent: without it C1 waits until the lease is over';
const isFinal = ['FinishTask 2 {"nonRetryable":true} '];
const differences: Record<string, Difference> = {
  'full-sync-cancelled-at-first-heartbeat': { why: finishes, more: { 1: ['FinishTask 1 {} '] } },
  'full-sync-first-heartbeat-refused': { why: finishes, more: { 1: ['FinishTask 16 {} '] } },
  'finishtask-refused': { why: 'FinishTask is sent again when C1 was away', more: { 1: ['FinishTask ok {}'] } },
  'task-types': {
    why: `${finishes}; what is not supported is final`,
    instead: { A: isFinal, F: isFinal, M: isFinal, N: isFinal },
    more: { H: ['FinishTask 5 {} '], K: ['FinishTask 2 {} '] },
  },
  'sigint-midsync': { why: 'SIGINT gives the task back', more: { 1: ['FinishTask 14 {} '] } },
  'sigterm-midsync': {
    why: 'SIGTERM gives the task back and ends with 0',
    more: { 1: ['FinishTask 14 {} '] },
    exit: 0,
  },
  'connector-notfound-is-success': {
    why: 'a 404 of the source fails the sync: an unknown answer is no empty list',
    instead: { 1: ['Heartbeat', 'FinishTask 5 {} type.googleapis.com/c1.connector.v2.RateLimitDescription'] },
  },
  'upload-refused': { why: 'more attempts to upload, with growing waits', uploads: true },
};

/** What the recorded connector's source did, and the options it had. */
const settings: Record<string, Script & { argv?: string[]; env?: Record<string, string>; users?: number }> = {
  'batch-polling': { env: { BATON_GET_TASKS: 'true' } },
  'connector-forbidden-midway': { refuses: { at: 'lists', http: 403, status: 7 } },
  'connector-notfound-is-success': { refuses: { at: 'lists', http: 404, status: 5 } },
  'connector-rejected-key': { refuses: { at: 'validate', http: 401, status: 16 } },
  'full-sync-cancelled-by-heartbeat': { takesMs: 60_000 },
  'full-sync-heartbeats-failing': { takesMs: 60_000 },
  'full-sync-heartbeats': { takesMs: 5500 },
  'sigint-midsync': { takesMs: 60_000, argv: ['--grace-period', '0'] },
  'sigterm-midsync': { takesMs: 60_000, argv: ['--grace-period', '0'] },
  'skip-full-sync': { argv: ['--skip-full-sync'] },
  'upload-broken-stream': { nameBytes: 400, users: 4000, takesMs: 2500 },
  'upload-refused': { nameBytes: 400, users: 4000, takesMs: 4300 },
  'upload-slow-with-heartbeats': { nameBytes: 400, users: 4000 },
};

/** Calls of one lane in their order: those about polling, or those about one task. What varies from run to run is left out. */
function lanes(entries: readonly TranscriptEntry[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { call, request, messages, http } of entries) {
    const asked = (request ?? {}) as { taskId?: string; knownTaskIds?: string[] };
    // Whether a poll comes while a task runs depends on how long the task takes.
    if (asked.knownTaskIds !== undefined) continue;
    const meta = messages?.find(({ kind }) => kind === 'metadata')?.value as
      | { metadata?: { taskId?: string } }
      | undefined;
    const task = asked.taskId ?? meta?.metadata?.taskId ?? '';
    (found[task || 'polls'] ??= []).push(describeCall(call, asked, messages, http));
  }
  return found;
}

function describeCall(call: string, asked: object, messages: TranscriptEntry['messages'], http: unknown): string {
  if (call === 'token') return `token ${(http as { form_keys_in_order: string[] }).form_keys_in_order.join()}`;
  if (call === 'GetTask' || call === 'GetTasks') return `${call} ${JSON.stringify(asked)}`;
  if (call === 'UploadAsset') {
    const kinds = messages?.map(({ kind }) => kind) ?? [];
    return `UploadAsset ${kinds.filter((kind, at) => kind !== kinds[at - 1]).join()}`;
  }
  if (call !== 'FinishTask') return call;
  const { status, error, success } = asked as {
    status?: { code: number; details?: { '@type': string }[] };
    error?: object;
    success?: object;
  };
  if (success !== undefined) return `FinishTask ok ${JSON.stringify(success)}`;
  const details = (status?.details ?? []).map((detail) => detail['@type']);
  return `FinishTask ${status?.code} ${JSON.stringify(error)} ${details.join()}`;
}

/** Polls and heartbeats repeat as long as the run lasts; the recorded number is the least. */
const isRepeated = (call: string): boolean => call === 'Heartbeat' || call.startsWith('GetTask');

afterAll(() => {
  const all = Object.entries(differences);
  console.log(`differences from the recorded client: ${all.length} of ${scenarios.length} conversations`);
  for (const [scenario, { why }] of all) console.log(`  ${scenario}: ${why}`);
});

/** Real milliseconds: an upload that is always refused waits for most of a minute, on a busy machine longer. */
const LONGEST = 100_000;

describe.concurrent('each recorded conversation', () => {
  test.each(scenarios)('%s', async (scenario) => {
    const recorded = JSON.parse(readFileSync(join(folder, `${scenario}.json`), 'utf8')) as Recorded;
    const { argv = [], env = {}, users = 25, ...script } = settings[scenario] ?? {};
    const clock = fastClock(/^upload|heartbeat|batch/.test(scenario) ? 4 : 10);
    const { client_id: clientId, client_secret: clientSecret } = recorded.client;
    await using c1 = await startFakeC1({ clock, credential: { clientId, clientSecret }, nextPollMs: 60_000 });
    for (const rule of rulesOf(recorded.exchange)) c1.fault(rule);
    const slow = { kind: 'slow', milliseconds: 1200 } as const;
    if (scenario === 'upload-slow-with-heartbeats') c1.fault({ on: 'UploadAsset', fault: slow });
    const noStorage = { kind: 'status', code: 14, message: 'no storage' } as const;
    if (scenario === 'upload-refused') c1.fault({ on: 'UploadAsset', fault: noStorage, times: Infinity });
    const tempDir = mkdtempSync(join(tmpdir(), 'service-'));
    const options = { clock, tempDir, argv: ['--users', String(users), ...argv], env };
    const service = new Service(scriptedConnector(clock, script), c1, options);

    const wanted = wantedOf(scenario, lanes(recorded.exchange));
    const isStopped = scenario === 'longpoll-sigint' || scenario.endsWith('-midsync');
    if (recorded.exit_code === 16) await service.exit;
    else if (isStopped) await c1.until(({ exchanges }) => exchanges.length >= recorded.exchange.length);
    else await c1.until(({ exchanges }) => hasAll(scenario, wanted, lanes(toTranscript(exchanges))), LONGEST);
    const code = await service.stop(scenario === 'sigterm-midsync' ? 'SIGTERM' : 'SIGINT');
    await c1.until(({ exchanges }) => exchanges.every(({ ended }) => ended !== undefined));

    const ours = lanes(toTranscript(c1.exchanges));
    expect(Object.keys(ours).toSorted()).toEqual(Object.keys(wanted).toSorted());
    for (const [lane, calls] of Object.entries(wanted)) {
      // The service polls on until it is stopped.
      const most = lane === 'polls' ? settled(scenario, calls).length : undefined;
      expect(settled(scenario, ours[lane]).slice(0, most), lane).toEqual(settled(scenario, calls));
      expect(repeats(ours[lane]), lane).toEqual(repeats(calls));
    }
    expect(code).toBe(differences[scenario]?.exit ?? recorded.exit_code);
    expect(readdirSync(tempDir), 'left behind').toEqual([]);
    expect(service.log).not.toContain(clientSecret.split(':')[3]);
    rmSync(tempDir, { recursive: true });
  });
});

/** The recorded calls, with what is known to be otherwise. */
function wantedOf(scenario: string, recorded: Record<string, string[]>): Record<string, string[]> {
  const { more = {}, instead = {} } = differences[scenario] ?? {};
  const wanted = { ...recorded };
  for (const suffix of Object.keys({ ...more, ...instead })) {
    const lane = `2N0tTest00000000000000Task${suffix}`;
    wanted[lane] = [...(instead[suffix] ?? recorded[lane] ?? []), ...(more[suffix] ?? [])];
  }
  return wanted;
}

function hasAll(scenario: string, wanted: Record<string, string[]>, ours: Record<string, string[]>): boolean {
  return Object.entries(wanted).every(([lane, calls]) => {
    const isThere = settled(scenario, ours[lane]).length >= settled(scenario, calls).length;
    return (
      isThere && (lane !== 'polls' || (ours[lane] ?? []).length >= (scenario === 'batch-polling' ? 4 : calls.length))
    );
  });
}

/** What is made a fixed number of times. */
function settled(scenario: string, calls: readonly string[] = []): string[] {
  const isFree = differences[scenario]?.uploads === true;
  return calls.filter((call) => !isRepeated(call) && !(isFree && call.startsWith('UploadAsset')));
}

const repeats = (calls: readonly string[] = []): string[] => [...new Set(calls.filter(isRepeated))];
