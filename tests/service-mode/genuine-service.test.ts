import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeC1 } from '@batonkit/conformance';
import { startFakeC1 } from '@batonkit/conformance';
import type { ConnectorDefinition } from '@batonkit/connector';
import { TaskSchema } from '@batonkit/protocol/connectorapi';
import type { JsonValue } from '@bufbuild/protobuf';
import { fromJson } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { genuineTwin } from '../../sdk/runtime/test/genuine-twin.ts';
import { startTargetApi } from '../../sdk/runtime/test/target-api.ts';
import { fastClock } from './fast-clock.ts';
import { freePort } from './free-port.ts';
import { Service } from './service.ts';

interface HealthAnswer {
  request: string;
  unreachable?: true;
  status?: number;
  headers?: Record<string, string>;
  /** Of an answer in JSON: its status, its members, and those of its details. */
  says?: string;
  members?: string[];
  details?: string[];
  empty?: true;
}

interface ServiceCase {
  name: string;
  /** Without base URL, key and credentials. */
  args: string[];
  task?: JsonValue;
  hello_code?: number;
  token_status?: number;
  target_api?: string;
  /** Once all has happened that is recorded. */
  stopped_by?: NodeJS.Signals;
  result: {
    exit: number;
    c1_calls: string[];
    log: 'json' | 'console';
    levels: string[];
    /** Files and folders that stay in the temporary directory. */
    left?: number;
    health?: HealthAnswer[];
  };
}

interface Difference {
  reason: string;
  exit?: number;
  calls?: string[];
  /** Nothing stays. */
  isClean?: true;
}

const recorded = JSON.parse(readFileSync(new URL('../fixtures/runtime/service.json', import.meta.url), 'utf8')) as {
  client: { client_id: string; client_secret: string };
  cases: ServiceCase[];
};

const givesBack = 'a task that is stopped is given back and leaves nothing, and a stop is a good end (runtime.md 8)';
const differences: Record<string, Difference> = {
  'service-idle-sigterm': { reason: 'SIGTERM is handled as SIGINT is (runtime.md 1.5)', exit: 0 },
  'service-hello-unavailable': { reason: 'a stop is a good end also before the first Hello succeeded', exit: 0 },
  'service-sigint-midsync': { reason: givesBack, calls: ['FinishTask'], isClean: true },
  'service-sigterm-midsync': { reason: givesBack, exit: 0, calls: ['FinishTask'], isClean: true },
  'service-health-port-taken': {
    reason: 'the health server listens before the first contact, so C1 is not asked for what cannot begin (issue 7)',
    calls: [],
  },
};

/** What is asked again and again is kept once: how often depends on how long the rest takes. */
const once = (calls: readonly string[]): string[] =>
  calls.filter((call, at) => !/^(GetTask|Heartbeat)$/.test(call) || calls.indexOf(call) === at);

const callsOf = ({ exchanges }: FakeC1): string[] => exchanges.map(({ call }) => call);

function hasHappened(one: ServiceCase, c1: FakeC1): boolean {
  const wanted = one.result.c1_calls;
  const polls = (calls: readonly string[]): number => calls.filter((call) => call === 'GetTask').length;
  const isAt = (call: string): boolean =>
    c1.exchanges.some((exchange) => exchange.call === call && exchange.ended !== undefined);
  return once(wanted).every(isAt) && callsOf(c1).length >= wanted.length && polls(callsOf(c1)) >= polls(wanted);
}

interface Seen {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

function ask(port: number, line: string): Promise<Seen | undefined> {
  const [method = '', path = ''] = line.split(' ');
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, method, path, agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => (body += text));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    asking.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(error);
    });
    asking.end();
  });
}

async function compareHealth(port: number, wanted: HealthAnswer): Promise<void> {
  const seen = await ask(port, wanted.request);
  expect(seen === undefined).toBe(wanted.unreachable === true);
  if (seen === undefined) return;
  expect(seen.status).toBe(wanted.status);
  for (const [name, value] of Object.entries(wanted.headers ?? {}))
    expect(seen.headers[name.toLowerCase()], name).toBe(value);
  if (wanted.empty === true) expect(seen.body).toBe('');
  else expect(seen.headers['content-length']).toBe(String(Buffer.byteLength(seen.body)));
  if (wanted.says === undefined) return;
  const json = JSON.parse(seen.body) as { status: string; timestamp: string; details?: Record<string, string> };
  expect(json.status).toBe(wanted.says);
  expect(json.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(Object.keys(json)).toEqual(wanted.members);
  // Ours say more: whether it is the target or C1.
  expect(Object.keys(json.details ?? {})).toEqual(expect.arrayContaining(wanted.details ?? []));
  expect(seen.body.endsWith('}\n')).toBe(true);
}

/** Its lines in the form that was asked for; the last words of a run that fails are plain. */
function compareLog({ result }: ServiceCase, log: string): void {
  const lines = log.trim().split('\n');
  const levels = new Set<string>();
  for (const line of lines) {
    if (result.log === 'console') expect(line).toMatch(/^\S+\t(DEBUG|INFO|WARN|ERROR)\t\S+:\d+\t[^\t]+(\t\{.*\})?$/);
    else if (line.startsWith('{')) {
      const { level, ts, caller, msg } = JSON.parse(line) as Record<string, unknown>;
      expect([typeof ts, typeof caller, typeof msg]).toEqual(['number', 'string', 'string']);
      levels.add(String(level));
    } else expect(result.exit, line).not.toBe(0);
  }
  // Debug lines come when they are asked for.
  if (result.log === 'json') expect(levels.has('debug')).toBe(result.levels.includes('debug'));
}

describe.concurrent('each recorded case of a service', () => {
  test.each(recorded.cases.map((one) => [one.name, one] as const))('%s', async (name, one) => {
    const { result } = one;
    const { exit = result.exit, calls, isClean = false } = differences[name] ?? {};
    // The last words of a stopped task get few seconds, which are none on a busy machine at ten times the pace.
    const pace = name.endsWith('midsync') ? 1 : 10;
    const clock = fastClock(pace);
    const { client_id: clientId, client_secret: clientSecret } = recorded.client;
    await using c1 = await startFakeC1({ clock, credential: { clientId, clientSecret }, nextPollMs: 100 * pace });
    if (one.task !== undefined) c1.add(fromJson(TaskSchema, one.task));
    if (one.hello_code !== undefined)
      c1.fault({ on: 'Hello', fault: { kind: 'status', code: one.hello_code }, times: Infinity });
    if (one.token_status !== undefined)
      c1.fault({ on: 'token', fault: { kind: 'http', status: one.token_status }, times: Infinity });
    await using target = await startTargetApi(one.target_api);
    const port = await freePort();
    const other = createServer();
    if (name === 'service-health-port-taken') await new Promise<void>((done) => other.listen(port, '127.0.0.1', done));
    const tempDir = mkdtempSync(join(tmpdir(), 'service-'));
    // What is stopped gets no time.
    const argv = ['--grace-period', '0', ...one.args.map((arg) => arg.replace('<health-port>', String(port)))];
    const env = { BATON_BASE_URL: `http://127.0.0.1:${target.port}`, BATON_API_KEY: 'key-1' };
    // What C1 hears of it has to be https; the recording's C1 did not look.
    const twin = { ...genuineTwin('baton-oracle'), helpUrl: 'https://oracle.example' };
    const service = new Service(twin as unknown as ConnectorDefinition, c1, { clock, tempDir, argv, env });

    try {
      if (one.stopped_by !== undefined) {
        await c1.until((c1) => hasHappened(one, c1));
        for (const answer of result.health ?? []) await compareHealth(port, answer);
        service.signals.emit(one.stopped_by);
      }
      expect(await service.exit, service.log).toBe(exit);
      const wanted = calls?.length === 0 ? [] : [...result.c1_calls, ...(calls ?? [])];
      expect(once(callsOf(c1))).toEqual(once(wanted));
      expect(readdirSync(tempDir)).toHaveLength(isClean ? 0 : (result.left ?? 0));
      // --file is of no effect here.
      expect(['sync.c1z', 'out.c1z'].filter((file) => existsSync(file))).toEqual([]);
      expect(service.out).toBe('');
      compareLog(one, service.log);
    } finally {
      service.signals.emit('SIGTERM');
      await service.exit;
      other.close();
      rmSync(tempDir, { recursive: true });
    }
  });

  test('22 cases, of which 5 differ on purpose', () => {
    const names = new Set(recorded.cases.map(({ name }) => name));
    expect(Object.keys(differences).filter((name) => !names.has(name))).toEqual([]);
    expect([recorded.cases.length, Object.keys(differences).length]).toEqual([22, 5]);
    for (const { name, result } of recorded.cases) {
      const { exit, isClean, calls } = differences[name] ?? {};
      // A difference that is none any more is taken from the list.
      if (exit !== undefined) expect(exit).not.toBe(result.exit);
      if (isClean === true) expect(result.left).toBeGreaterThan(0);
      if (calls !== undefined) expect(calls).not.toEqual(result.c1_calls);
    }
  });
});
