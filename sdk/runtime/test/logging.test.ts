import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code, ConnectError, createClient, createRouterTransport } from '@connectrpc/connect';
import { BatonError, createRedactor, VirtualClock } from '@batonkit/kernel';
import { AssetService, ConnectorService } from '@batonkit/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FlagValue } from '../src/cli/flag.ts';
import { readLogSettings } from '../src/configuration/read-log-settings.ts';
import type { LoggerOptions, LogRecord } from '../src/logger.ts';
import { createLogger, withFields } from '../src/logger.ts';
import { readLogLevel } from '../src/logging/log-level.ts';
import { logGrpcCalls } from '../src/logging/log-grpc-calls.ts';
import { openLogOutputs } from '../src/logging/log-outputs.ts';
import { framesOf } from '../src/logging/readable-fields.ts';

const clock = new VirtualClock(Date.UTC(2026, 0, 2) + 250);

function logger(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string): number => lines.push(line);
  const log = createLogger({ format: 'json', level: 'debug', write, clock, redact: (text) => text, ...options });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> };
}

describe('fields', () => {
  test('an error is told by its title and code, one of others by its kind; no cause and no words', () => {
    const { log, lines, last } = logger();
    const cause = Object.assign(new SyntaxError('"Ada Lovelace" is not valid JSON'), { code: 'ECONNRESET' });
    const report = { code: 'RL-X', status: 14, title: 'It broke.', meaning: 'm', remedy: 'r' } as const;
    log.error('failed', { error: new BatonError(report, cause), nested: [{ cause }] });
    expect(last()).toMatchObject({ error: 'It broke. (RL-X)', nested: [{ cause: 'SyntaxError (ECONNRESET)' }] });
    expect(lines.join()).not.toMatch(/Lovelace/);
  });

  test('what JSON cannot say does not end the run', () => {
    const circle: Record<string, unknown> = {};
    circle['itself'] = circle;
    const { log, last } = logger();
    log.info('x', { size: 2n ** 70n, ratio: Number.NaN, absent: undefined });
    expect(last()).toMatchObject({ msg: 'x', size: '1180591620717411303424', ratio: 'NaN' });
    expect(last()).not.toHaveProperty('absent');
    log.info('y', { circle });
    expect(last()).toMatchObject({ msg: 'y', unreadable_fields: ['circle'] });
  });

  test('fields of a task stand in each of its lines, and the caller is who wrote it', () => {
    const { log, last } = logger();
    withFields(log, { task_id: 'T', task_type: 'sync_full' }).info('begun', { attempts: 1 });
    expect(last()).toMatchObject({ task_id: 'T', task_type: 'sync_full', attempts: 1 });
    expect(last()['caller']).toMatch(/^test\/logging\.test\.ts:\d+$/);
  });

  test('where an error arose is told without its words and without paths of this machine', () => {
    const frames = framesOf(new Error('/home/ada/secret'));
    expect(frames[0]).toMatch(/test\/logging\.test\.ts:\d+:\d+/);
    expect(frames.join()).not.toMatch(/ada|file:|(^|[^.\w])\/\w/);
    expect(frames.join()).not.toContain(process.cwd());
  });

  test('whatever is logged, it is one line that can be read, without the secret in any form', () => {
    const secret = 'p/w"d+ü=';
    const redact = createRedactor([secret]);
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), JSON.stringify(secret)];
    fc.assert(
      fc.property(
        fc.constantFrom('json', 'console'),
        fc.string({ unit: 'binary' }),
        fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.constantFrom(...forms))),
        fc.constantFrom(...forms),
        (format: 'json' | 'console', before, fields, form) => {
          const { log, lines } = logger({ format, redact });
          log.info(`${before}${form}`, { ...fields, form, list: [form] });
          expect(lines).toHaveLength(1);
          // oxlint-disable-next-line no-control-regex -- what would break the line
          expect(lines[0]?.slice(0, -1)).not.toMatch(/[\n\r\u001B\u202E]/);
          for (const one of [...forms, JSON.stringify(JSON.stringify(secret)).slice(1, -1)])
            expect(lines[0]).not.toContain(one.replace(/=+$/, ''));
          if (format === 'json') expect(() => JSON.parse(lines[0] ?? '') as unknown).not.toThrow();
        },
      ),
    );
  });
});

describe('for people', () => {
  test('tabs, time, level, caller, text, fields', () => {
    const { log, lines } = logger({ format: 'console' });
    log.warn('waiting', { wait: 2, of: { a: [1, 2] } });
    log.info('done');
    expect(lines[0]).toMatch(
      /^2026-01-02T00:00:00\.250Z\tWARN\ttest\/logging\.test\.ts:\d+\twaiting\t\{"wait": 2, "of": \{"a":\[1,2\]\}\}\n$/,
    );
    expect(lines[1]).toMatch(/\tINFO\ttest\/logging\.test\.ts:\d+\tdone\n$/);
  });

  test('colour only where it is asked for', () => {
    const { log, lines } = logger({ format: 'console', colour: true });
    log.error('x\u001B[2J', { a: '\u202E' });
    expect(lines[0]).toContain('\u001B[31mERROR\u001B[39m');
    expect(lines[0]).not.toContain('\u001B[2J');
    expect(lines[0]).toContain(String.raw`\u001b[2J`);
  });
});

describe('level', () => {
  test.each([
    ['debug', 4],
    ['info', 3],
    ['WARN', 2],
    ['warning', 2],
    ['Error', 1],
    ['fatal', 0],
    ['panic', 0],
  ])('%s: %i lines', (name, count) => {
    const { log, lines } = logger({ level: readLogLevel(name) ?? 'debug' });
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');
    expect(lines).toHaveLength(count);
  });

  test('debug ends at its instant, and not before', () => {
    const clock = new VirtualClock(1000);
    const { log, lines } = logger({ clock, debugEndsAt: 2000 });
    log.debug('a');
    clock.advance(1000);
    log.debug('b');
    log.info('c');
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['a', 'c']);
  });
});

test('a record is what the line says, as data and as clean', () => {
  const records: LogRecord[] = [];
  const { log } = logger({ record: (one) => records.push(one), redact: createRedactor(['hunter22']), level: 'info' });
  log.debug('not written');
  log.warn('key hunter22', { deep: [{ hunter22: 'hunter22' }] });
  const fields = { deep: [{ '[redacted]': '[redacted]' }] };
  expect(records).toEqual([{ level: 'warn', at: clock.now(), message: 'key [redacted]', fields }]);
});

describe('settings', () => {
  const read = (values: Record<string, FlagValue>) => readLogSettings(new Map(Object.entries(values)));

  test.each([
    [{}, { logPaths: [] }, 0],
    [{ 'log-level': '' }, { logPaths: [] }, 0],
    [{ 'log-level': 'ERROR' }, { logLevel: 'error', logPaths: [] }, 0],
    [{ 'log-level': 'loud' }, { logLevel: 'info', logPaths: [] }, 1],
    [{ 'log-format': 'console' }, { logFormat: 'console', logPaths: [] }, 0],
    [{ 'log-format': 'xml' }, { logFormat: 'json', logPaths: [] }, 1],
    [
      { 'log-level-debug-expires-at': '2026-01-02T00:00:00+01:00' },
      { debugEndsAt: Date.UTC(2026, 0, 1, 23), logPaths: [] },
      0,
    ],
    [{ 'log-level-debug-expires-at': 'nope' }, { debugEndsAt: 0, logPaths: [] }, 1],
  ])('%j', (values, settings, notices) => {
    const found = read(values as Record<string, FlagValue>);
    expect(found.settings).toEqual(settings);
    expect(found.notices).toHaveLength(notices);
    expect(found.problems).toEqual([]);
  });

  test('a log file that cannot be opened is a problem with exit 2', () => {
    expect(read({ 'log-path': ['/dev/null/x', 'stderr'] }).problems).toMatchObject([
      { code: 'BK-LOG-PATH', status: 2, field: 'log-path' },
    ]);
  });
});

describe('outputs', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'log-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });
  const streams = () => {
    const out: string[] = [];
    const error: string[] = [];
    return { out, error, stdout: (line: string) => out.push(line), stderr: (line: string) => error.push(line) };
  };

  test('several files and both streams get each line; a new file is its owner’s alone, an old one is gone on with', () => {
    const [a, b] = [join(directory, 'a.log'), join(directory, 'b.log')];
    writeFileSync(b, 'before\n');
    const all = streams();
    {
      using outputs = openLogOutputs([a, b, 'stdout', a], all);
      outputs.write('one\n');
      outputs.write('zwö\n');
    }
    expect(readFileSync(a, 'utf8')).toBe('one\nzwö\n');
    expect(readFileSync(b, 'utf8')).toBe('before\none\nzwö\n');
    expect(statSync(a).mode & 0o777).toBe(0o600);
    expect([all.out, all.error]).toEqual([['one\n', 'zwö\n'], []]);
  });

  test('without a path: standard error', () => {
    const all = streams();
    using outputs = openLogOutputs([], all);
    outputs.write('x\n');
    expect(all.error).toEqual(['x\n']);
  });

  test.runIf(process.platform === 'linux')('a full disk sends the line to standard error', () => {
    const all = streams();
    using outputs = openLogOutputs(['/dev/full'], all);
    outputs.write('x\n');
    expect(all.error).toEqual(['x\n']);
  });

  test.runIf(process.platform === 'linux')('a pipe that nobody reads is refused and not waited for', () => {
    const pipe = join(directory, 'pipe');
    spawnSync('mkfifo', [pipe]);
    expect(() => openLogOutputs([pipe], streams())).toThrow(expect.objectContaining({ code: 'BK-LOG-PATH' }) as Error);
  });
});

describe('gRPC calls', () => {
  const transportWith = (log: ReturnType<typeof logger>['log']) =>
    createRouterTransport(
      ({ service }) => {
        service(ConnectorService, {
          validate: () => ({ sdkVersion: 'x' }),
          cleanup: () => {
            throw new ConnectError('the key hunter22 of Ada was refused', Code.Unauthenticated);
          },
        });
        service(AssetService, {
          async *getAsset() {
            yield { msg: { case: 'metadata', value: { contentType: 'a' } } };
            throw new ConnectError('broken', Code.DataLoss);
          },
        });
      },
      { router: { interceptors: [logGrpcCalls(log, clock)] } },
    );

  test('a line each with the genuine names, none of the words', async () => {
    const { log, lines, last } = logger();
    const client = createClient(ConnectorService, transportWith(log));
    await client.validate({});
    expect(last()).toMatchObject({
      level: 'debug',
      'grpc.start_time': '2026-01-02T00:00:00.250Z',
      'grpc.service': 'c1.connector.v2.ConnectorService',
      'grpc.method': 'Validate',
      'grpc.code': 'OK',
      'grpc.time_ms': 0,
    });
    await expect(client.cleanup({})).rejects.toThrow();
    expect(last()).toMatchObject({ level: 'info', 'grpc.method': 'Cleanup', 'grpc.code': 'Unauthenticated' });
    expect(lines.join()).not.toMatch(/Ada|hunter22/);
  });

  test('a call that is given up, as at the end of a service, is no failure', async () => {
    const { log, last } = logger();
    const transport = createRouterTransport(
      ({ service }) =>
        service(ConnectorService, {
          validate: (_request, { signal }) =>
            new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
        }),
      { transport: { interceptors: [logGrpcCalls(log, clock)] } },
    );
    const stop = new AbortController();
    const call = createClient(ConnectorService, transport).validate({}, { signal: stop.signal });
    stop.abort(new BatonError({ code: 'BK-X', status: 13, title: 't', meaning: 'm', remedy: 'r' }));
    await expect(call).rejects.toThrow();
    expect(last()).toMatchObject({ level: 'debug', 'grpc.code': 'Canceled' });
  });

  test('a stream is told at its end', async () => {
    const { log, lines, last } = logger();
    const stream = createClient(AssetService, transportWith(log)).getAsset({});
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    expect(lines).toEqual([]);
    await expect(iterator.next()).rejects.toThrow();
    expect(last()).toMatchObject({ 'grpc.method': 'GetAsset', 'grpc.code': 'DataLoss' });
  });
});
