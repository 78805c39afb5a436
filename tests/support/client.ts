import { expect, vi } from 'vitest';
import type { z } from '@hono/zod-openapi';
import {
  API_PREFIX,
  operations,
  Problem as ProblemSchema,
  type Connector,
  type OperationName,
} from '@batonkit/console-contract';

type Table = typeof operations;
type Answer<O> = O extends { response: infer S extends z.ZodType } ? z.output<S> : null;
export type Problem = z.infer<typeof ProblemSchema>;

export interface CallOptions {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
}

type Paged = { [N in OperationName]: Answer<Table[N]> extends { items: unknown[] } ? N : never }[OperationName];
type Item<N extends Paged> = Answer<Table[N]> extends { items: (infer I)[] } ? I : never;

/** Somebody who is signed in at a console and uses its API. */
export interface Client {
  url: string;
  /** The answer, checked against the contract; a problem fails the test. */
  call<N extends OperationName>(name: N, options?: CallOptions): Promise<Answer<Table[N]>>;
  /** All items of a list, page by page. */
  all<N extends Paged>(name: N, options?: CallOptions): Promise<Item<N>[]>;
  /** The problem that an operation is answered with. */
  fails(name: OperationName, options?: CallOptions): Promise<Problem>;
  /** A connector for a tenant, saved: its first sync is under way. */
  connect(tenant: { baseUrl: string; apiKey: string }): Promise<Connector>;
  /** Waits until no run goes on, and says what the connector is then. */
  settled(connectorId: string): Promise<Connector>;
  /** Sync now, waited for. */
  sync(connectorId: string): Promise<Connector>;
}

/** Uses up the sign-in link. */
export async function signIn(url: string, link: string): Promise<Client> {
  const cookie = await sessionOf(url, link);

  const send = (name: OperationName, { params = {}, query = {}, body }: CallOptions): Promise<Response> => {
    const { method, path } = operations[name];
    const filled = path.replaceAll(/\{(\w+)\}/g, (_all, key: string) => params[key] ?? key);
    const search = Object.keys(query).length === 0 ? '' : `?${new URLSearchParams(query).toString()}`;
    return fetch(`${url}${API_PREFIX}${filled}${search}`, {
      method: method.toUpperCase(),
      headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };
  const made: Client = {
    url,
    call: async (name, options = {}) => {
      const response = await send(name, options);
      const text = await response.text();
      const operation = operations[name];
      expect({ name, status: response.status, text }).toMatchObject({ status: operation.status });
      return ('response' in operation ? operation.response.parse(JSON.parse(text)) : null) as Answer<
        Table[typeof name]
      >;
    },
    all: async (name, options = {}) => {
      const items: unknown[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const query = { limit: '200', ...options.query, ...(cursor === '' ? {} : { cursor }) };
        const page = (await made.call(name, { ...options, query })) as { items: unknown[]; next: string | null };
        items.push(...page.items);
        cursor = page.next;
      }
      return items as Item<typeof name>[];
    },
    fails: async (name, options = {}) => {
      const response = await send(name, options);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      return ProblemSchema.parse(await response.json());
    },
    connect: async ({ baseUrl, apiKey }) => {
      const { user } = await made.call('getSession');
      const { id } = await made.call('createConnector', {
        body: { catalogId: 'runlayer', setUp: { kind: 'new_app' }, ownerIds: [user.id] },
      });
      return made.call('saveSettings', {
        params: { connectorId: id },
        body: { values: { 'base-url': baseUrl, 'api-key': apiKey } },
      });
    },
    settled: (connectorId) =>
      vi.waitFor(
        async () => {
          const connector = await made.call('getConnector', { params: { connectorId } });
          expect(connector.run).toBeNull();
          return connector;
        },
        { timeout: 60_000, interval: 100 },
      ),
    sync: async (connectorId) => {
      await made.call('syncNow', { params: { connectorId } });
      return made.settled(connectorId);
    },
  };
  return made;
}

async function sessionOf(url: string, link: string): Promise<string> {
  const token = new URL(link).hash.replace('#token=', '');
  const response = await fetch(`${url}${API_PREFIX}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  expect(response.status).toBe(201);
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

/** `user role` as the console has them, by Runlayer's ids, sorted. */
export async function pairsOf(console: Client, appId: string, asOf?: string): Promise<string[]> {
  const options = { params: { appId }, query: asOf === undefined ? {} : { asOf } };
  const [accounts, roles, grants] = await Promise.all([
    console.all('listAccounts', options),
    console.all('listRoles', options),
    console.all('listGrants', options),
  ]);
  const external = new Map([...accounts, ...roles].map(({ id, externalId }) => [id, externalId]));
  return grants.map(({ account, role }) => `${external.get(account.id)} ${external.get(role.id)}`).sort();
}
