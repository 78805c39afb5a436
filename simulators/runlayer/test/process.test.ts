import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { fetchText } from './simulator.ts';

const program = fileURLToPath(new URL('../bin/runlayer-simulator.js', import.meta.url));

interface Ready {
  readonly baseUrl: string;
  readonly origin: string;
  readonly admin: { readonly url: string; readonly token: string };
  readonly keys: Record<string, string | null>;
}

let directory: string;
const children = new Set<ChildProcess>();

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'simulator-'));
});

afterEach(async () => {
  for (const child of children) if (await isRunning(child)) child.kill('SIGKILL');
  children.clear();
  rmSync(directory, { recursive: true, force: true });
});

const isRunning = (child: ChildProcess): Promise<boolean> =>
  Promise.resolve(child.exitCode === null && child.signalCode === null);

function run(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.add(child);
  return child;
}

async function ready(...args: string[]): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = run('--ready-json', ...args);
  for await (const line of createInterface({ input: child.stdout! })) {
    return { child, ready: JSON.parse(line) as Ready };
  }
  throw new Error('The simulator ended before it was ready.');
}

async function result(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout!.on('data', (part: Buffer) => out.push(part));
  child.stderr!.on('data', (part: Buffer) => err.push(part));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
}

const admin = (from: Ready, path: string, body?: unknown): ReturnType<typeof fetchText> =>
  fetchText(from.admin.url + path, {
    headers: { authorization: `Bearer ${from.admin.token}` },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });

test('--ready-json says in its first line how to reach the tenant', async () => {
  const { ready: at } = await ready('--port', '0', '--users', '40');
  expect(Object.keys(at.keys)).toEqual([
    'super_admin',
    'helpdesk',
    'security_admin',
    'weak',
    'organisation',
    'deactivated',
    'invalid',
  ]);
  expect(at.keys['organisation']).toMatch(/^rl_org_/);
  expect(at.baseUrl).toBe(`${at.origin}/api/v1`);
  const me = await fetchText(`${at.baseUrl}/users/me`, { headers: { 'x-runlayer-api-key': at.keys['super_admin']! } });
  expect(me.status).toBe(200);
  expect((await admin(at, '/state')).json).toMatchObject({ users: 40 });
});

test('for a person it prints the Base URL, the keys and the admin page', async () => {
  const child = run('--port', '0', '--users', '40', '--end-with-stdin', '--admin-token', 'my-own-token');
  let out = '';
  for await (const part of child.stdout!) {
    out += String(part);
    if (out.includes('Ctrl-C')) break;
  }
  expect(out).toMatch(/Base URL +http:\/\/127\.0\.0\.1:\d+\/api\/v1\n/);
  expect(out).toMatch(/Admin page +http:\/\/127\.0\.0\.1:\d+\/__admin\/#token=my-own-token\n/);
  expect(out.match(/ rl_\w+/g)).toHaveLength(6);
  child.stdin!.end();
  await once(child, 'exit');
  expect(child.exitCode).toBe(0);
});

test('--help lists every behaviour in a line', async () => {
  const { code, out } = await result(run('--help'));
  expect(code).toBe(0);
  for (const name of [
    'html-at-200',
    'roles-403',
    'server-error[:N]',
    'hold:N',
    'changes-between-passes',
    'count-lies',
  ]) {
    expect(out).toContain(`\n  ${name}`);
  }
});

test.each([
  [['--users', '0'], 'from 1 to 100000'],
  [['--users', '1e3'], 'from 1 to 100000'],
  [['--behaviour', 'no-such'], 'no behaviour no-such'],
  [['--assignments', 'both'], 'embedded'],
  [['--admin-token', 'x y'], 'At least 8'],
  [['--no-such-option'], 'unknown option'],
  [['--fault', 'status@2'], 'The status is missing'],
  [['--fault', 'no-such@2'], 'no fault no-such'],
  [['--fault-plan', 'x'], 'whole number'],
  [['--tls-key', 'key.pem'], 'go together'],
  [['--tls-key', '/no/such', '--tls-certificate', '/no/such'], 'cannot be read'],
])('%j is refused with a sentence and exit code 2', async (args, sentence) => {
  const { code, out, err } = await result(run('--port', '0', ...args));
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(sentence);
});

test('--list-json tells all that can be asked for, with what a reader must end with', async () => {
  const { code, out } = await result(run('--list-json'));
  const { behaviours, faults } = JSON.parse(out) as Record<'behaviours' | 'faults', Record<string, unknown>[]>;
  expect(code).toBe(0);
  expect(behaviours.find(({ name }) => name === 'no-roles-list')).toMatchObject({
    family: 'paths',
    kind: 'refuse',
    ends: 'refused',
    unless: 'static-roles',
  });
  expect(faults.find(({ name }) => name === 'stall')).toMatchObject({ family: 'transport', isDrawn: false });
});

test('--fault, --fault-plan and --latency are in force from the first request', async () => {
  const { child, ready: at } = await ready(
    ...'--port 0 --users 5 --fault status@1:418 --fault-plan 7 --latency 60'.split(' '),
  );
  const started = performance.now();
  const answer = await fetchText(`${at.baseUrl}/users`);
  expect(performance.now() - started).toBeGreaterThan(55);
  expect(answer.status).toBe(418);
  expect((await admin(at, '/faults')).json).toMatchObject({ seed: 7, requests: 1 });
  child.kill('SIGTERM');
  await once(child, 'exit');
});

test('a tenant of 1,000,000 users is ready at once, and small', async () => {
  const { child, ready: at } = await ready('--port', '0', '--users', '1000000');
  const headers = { 'x-runlayer-api-key': at.keys['super_admin']! };
  for (const skip of [0, 500_000, 999_900]) {
    const { json } = await fetchText(`${at.baseUrl}/users?skip=${skip}&limit=1000`, { headers });
    expect(json).toMatchObject({ count: 1_000_000, data: { length: Math.min(1000, 1_000_000 - skip) } });
  }
  // Only Linux tells it.
  const status = `/proc/${child.pid}/status`;
  const peak = existsSync(status) ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] : 0;
  expect(Number(peak)).toBeLessThan(200 * 1024);
  child.kill('SIGTERM');
  await once(child, 'exit');
});

test('speaks TLS with a certificate, and redirect-http leaves it', async () => {
  const file = (name: string): string =>
    fileURLToPath(new URL(`../../../tests/fixtures/tls/${name}.pem`, import.meta.url));
  const { child, ready: at } = await ready(
    ...'--port 0 --users 5 --behaviour redirect-http'.split(' '),
    '--tls-certificate',
    file('server'),
    '--tls-key',
    file('server-key'),
  );
  expect(at.baseUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/api\/v1$/);
  const ca = readFileSync(file('authority'), 'utf8');
  const [response] = (await once(get(`${at.baseUrl}/users`, { ca, agent: false }), 'response')) as [IncomingMessage];
  response.resume();
  expect([response.statusCode, response.headers.location]).toEqual([
    307,
    `${at.baseUrl.replace('https', 'http')}/users/`,
  ]);
  child.kill('SIGTERM');
  await once(child, 'exit');
});

test('a taken port is said, exit code 9', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { code, out, err } = await result(run('--port', String(port)));
  other.close();
  expect([code, out]).toEqual([9, '']);
  expect(err).toContain(`Port ${port} on 127.0.0.1 is taken`);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends it at once, even with a request held and signals repeated',
  async (signal) => {
    const { child, ready: at } = await ready('--port', '0', '--users', '5', '--behaviour', 'hold:1');
    const held = fetchText(`${at.baseUrl}/users`).catch(() => 'cut off');
    await admin(at, '/held?timeout=20000');
    child.kill(signal);
    child.kill(signal);
    await once(child, 'exit');
    expect([child.exitCode, child.signalCode]).toEqual([0, null]);
    expect(await held).toBe('cut off');
  },
);

describe('--data', () => {
  test('keeps seed, size, port, token, keys and changes, even through a kill', async () => {
    const first = await ready(
      '--port',
      '0',
      '--data',
      directory,
      '--users',
      '80',
      '--seed',
      '11',
      '--assignments',
      'per-user',
    );
    const userId = ((await admin(first.ready, '/users?limit=1')).json as { data: { id: string }[] }).data[0]!.id;
    await admin(first.ready, '/promote', { userId, role: 'super_admin' });
    await admin(first.ready, '/add', { name: 'Kim Stays', email: 'kim@example.com', roles: ['security_admin'] });
    const pairs = (await admin(first.ready, '/pairs')).json;
    const accounts = (await admin(first.ready, '/accounts')).json;
    const changes = (await admin(first.ready, '/changes')).json;
    expect(changes).toHaveLength(2);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    // The last moment before a kill: half a line, of which nobody was told.
    appendFileSync(join(directory, 'changes.jsonl'), '{"n":3,"at":"20');

    const second = await ready('--port', '0', '--data', directory);
    expect(second.ready).toEqual(first.ready);
    expect((await admin(second.ready, '/pairs')).json).toEqual(pairs);
    expect((await admin(second.ready, '/accounts')).json).toEqual(accounts);
    expect((await admin(second.ready, '/changes')).json).toEqual(changes);
    expect((await admin(second.ready, '/state')).json).toMatchObject({ seed: 11, assignments: 'per-user' });
    await admin(second.ready, '/demote', { userId, role: 'super_admin' });
    second.child.kill('SIGTERM');
    await once(second.child, 'exit');

    const third = await ready('--data', directory);
    expect((await admin(third.ready, '/changes')).json).toMatchObject([{ n: 1 }, { n: 2 }, { n: 3, kind: 'demote' }]);
    expect(readFileSync(join(directory, 'changes.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(3);
    for (const file of ['tenant.json', 'changes.jsonl'])
      expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
  });

  test('is used by one simulator at a time, exit code 9', async () => {
    const first = await ready('--port', '0', '--data', directory);
    const { code, err } = await result(run('--port', '0', '--data', directory));
    expect(code).toBe(9);
    expect(err).toContain('Another simulator uses');
    expect((await admin(first.ready, '/state')).status).toBe(200);
  });

  test('with changes of another tenant is refused, exit code 2', async () => {
    const at = '2026-01-01T00:00:00.000Z';
    const change = { n: 1, at, by: 'admin', kind: 'deactivate', userId: '3b241101-e2bb-4255-8caf-4136c566a962' };
    appendFileSync(join(directory, 'changes.jsonl'), `${JSON.stringify(change)}\n`);
    const { code, err } = await result(run('--port', '0', '--data', directory));
    expect([code, err]).toEqual([2, expect.stringContaining('do not fit its tenant')]);
  });

  test('of another tenant is refused, exit code 2', async () => {
    const first = await ready('--port', '0', '--data', directory, '--seed', '3');
    first.child.kill('SIGTERM');
    await once(first.child, 'exit');
    const { code, err } = await result(run('--data', directory, '--seed', '4'));
    expect(code).toBe(2);
    expect(err).toContain('--seed 3, not 4');
  });
});
