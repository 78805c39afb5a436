import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { z } from '@hono/zod-openapi';
import {
  API_PREFIX,
  operations,
  Problem as ProblemSchema,
  type Connector,
  type OperationName,
} from '@batonkit/console-contract';
import type { Db } from '@batonkit/console-store';
import { systemClock, systemRandom } from '@batonkit/kernel';
import { programAt, startConsole, type Console, type ConsoleOptions } from '../src/index.ts';
import type { Scenario } from './fixtures/connector.ts';
import { makeFreshData } from './fresh-data.ts';

type Table = typeof operations;
type Answer<O> = O extends { response: infer S extends z.ZodType } ? z.output<S> : null;
type Problem = z.infer<typeof ProblemSchema>;

export interface CallOptions {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
}

/** A console over a real port, with somebody signed in. */
export interface TestConsole extends AsyncDisposable {
  url: string;
  dataDir: string;
  logs: string[];
  /** Everything that the API has answered, as it was sent. */
  answers: string[];
  signInLink: string;
  cookie: string;
  /** The answer, checked against the contract; a problem fails the test. */
  call<N extends OperationName>(name: N, options?: CallOptions): Promise<Answer<Table[N]>>;
  /** The problem that an operation is answered with. */
  fails(name: OperationName, options?: CallOptions): Promise<Problem>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Says what the program of a connector is to do from now on. */
  scenario(name: string, scenario: Scenario): void;
  /** Lets programs go on that hold. */
  letGo(name: string): void;
  /** A connector of that scenario with settings saved: its first sync is under way. */
  connector(name: string, scenario: Scenario): Promise<Connector>;
  /** Waits until the connector's newest run has ended, and says what it is then. */
  settled(connectorId: string): Promise<Connector>;
  stop(): Promise<void>;
  /** What is behind it, for faults of the database. */
  db: Db;
}

export const KEY = 'rl_usr_0123456789abcdef';
export const ADDRESS = 'https://acme.example';
const fixture = fileURLToPath(new URL('fixtures/connector.js', import.meta.url));

async function freshData(): Promise<string> {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'console-')), 'data');
  await makeFreshData(dataDir);
  return dataDir;
}

/** Starts one; with a data directory, an earlier one goes on. */
export async function testConsole(options: Partial<ConsoleOptions> = {}): Promise<TestConsole> {
  const dataDir = options.dataDir ?? (await freshData());
  const logs: string[] = [];
  const answers: string[] = [];
  const console: Console = await startConsole({
    dataDir,
    port: 0,
    programs: [programAt(fixture)],
    allowedOrigins: [],
    webRoot: join(dataDir, 'no-web'),
    version: '0.0.0',
    clock: systemClock,
    random: systemRandom,
    writeLog: (line) => logs.push(line),
    ...options,
  });
  const token = new URL(console.signInLink).hash.replace('#token=', '');
  const signIn = await fetch(`${console.url}${API_PREFIX}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  expect(signIn.status).toBe(201);
  const cookie = (signIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const folder = join(dataDir, '..');

  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(console.url + path, { ...init, headers: { cookie, ...(init.headers as object) } });
    return response;
  };
  const request = async (name: OperationName, { params = {}, query = {}, body }: CallOptions): Promise<Response> => {
    const { method, path } = operations[name];
    const filled = path.replaceAll(/\{(\w+)\}/g, (_all, key: string) => params[key] ?? key);
    const search = Object.keys(query).length === 0 ? '' : `?${new URLSearchParams(query).toString()}`;
    return send(`${API_PREFIX}${filled}${search}`, {
      method: method.toUpperCase(),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  };
  const test: TestConsole = {
    url: console.url,
    dataDir,
    logs,
    answers,
    signInLink: console.signInLink,
    cookie,
    fetch: send,
    call: async (name, callOptions = {}) => {
      const response = await request(name, callOptions);
      const text = await response.text();
      answers.push(text);
      expect({ status: response.status, text }).toMatchObject({ status: operations[name].status });
      const operation = operations[name];
      return ('response' in operation ? operation.response.parse(JSON.parse(text)) : null) as Answer<
        Table[typeof name]
      >;
    },
    fails: async (name, callOptions = {}) => {
      const response = await request(name, callOptions);
      const text = await response.text();
      answers.push(text);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      const problem = ProblemSchema.parse(JSON.parse(text));
      expect(problem.status).toBe(response.status);
      return problem;
    },
    scenario: (name, scenario) => writeFileSync(join(folder, `${name}.json`), JSON.stringify(scenario)),
    letGo: (name) => writeFileSync(join(folder, `${name}.json.go`), ''),
    connector: async (name, scenario) => {
      test.scenario(name, scenario);
      const { user } = await test.call('getSession');
      const made = await test.call('createConnector', {
        body: { catalogId: 'fixture', setUp: { kind: 'new_app' }, ownerIds: [user.id] },
      });
      return test.call('saveSettings', {
        params: { connectorId: made.id },
        body: { values: { 'base-url': ADDRESS, 'api-key': KEY, scenario: join(folder, `${name}.json`) } },
      });
    },
    settled: async (connectorId) => {
      const read = (): Promise<Connector> => test.call('getConnector', { params: { connectorId } });
      await expect.poll(async () => (await read()).run, { timeout: 15_000 }).toBeNull();
      return read();
    },
    db: console.store.db,
    stop: () => Promise.resolve(console[Symbol.asyncDispose]()),
    [Symbol.asyncDispose]: async () => {
      await console[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return test;
}

export const tenant = (change: Partial<Scenario> = {}): Scenario => ({
  users: ['ana', 'bo', 'cy', 'di'],
  roles: {
    super_admin: { name: 'Super Admin', tier: 'critical' },
    helpdesk: { name: 'Helpdesk', tier: 'medium' },
    custom: { name: 'Custom' },
  },
  grants: [
    ['ana', 'super_admin'],
    ['bo', 'super_admin'],
    ['bo', 'helpdesk'],
    ['cy', 'custom'],
  ],
  owner: 'ana',
  ...change,
});
