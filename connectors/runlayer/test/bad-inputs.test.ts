import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConfigValue } from '@batonkit/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readTenant } from './read-tenant.ts';
import { startSimulator, type KeyKind, type SimulatorProcess } from './simulator-process.ts';

interface Case {
  what: string;
  code: string;
  status: number;
  field?: string;
  /** The simulator's behaviour that is the cause. */
  behaviour?: string;
  key?: KeyKind;
  values?: Record<string, ConfigValue>;
  /** How many requests may be sent. */
  requests?: number;
  /** Where some go together: those that the failure stops may not have been sent. */
  mostRequests?: number;
}

const cases: Case[] = [
  {
    what: 'a text that is no address',
    values: { 'base-url': 'runlayer' },
    code: 'RL-URL',
    status: 2,
    field: 'base-url',
    requests: 0,
  },
  {
    what: 'an address without https://',
    values: { 'base-url': 'acme.runlayer.com' },
    code: 'RL-URL',
    status: 2,
    field: 'base-url',
    requests: 0,
  },
  {
    what: 'another path',
    values: { 'base-url': 'https://acme.runlayer.com/dashboard' },
    code: 'RL-URL',
    status: 2,
    field: 'base-url',
    requests: 0,
  },
  {
    what: 'an address with a password',
    values: { 'base-url': 'https://me:pass@acme.runlayer.com' },
    code: 'RL-URL',
    status: 2,
    field: 'base-url',
    requests: 0,
  },
  {
    what: 'plain http to another host',
    values: { 'base-url': 'http://acme.runlayer.com/api/v1' },
    code: 'RL-URL-HTTP',
    status: 2,
    field: 'base-url',
    requests: 0,
  },
  {
    what: 'a key with a line break',
    values: { 'api-key': 'rl_ab\ncd' },
    code: 'RL-KEY',
    status: 2,
    field: 'api-key',
    requests: 0,
  },
  {
    what: 'a key in quotation marks',
    values: { 'api-key': '"rl_org_abcd"' },
    code: 'RL-KEY',
    status: 2,
    field: 'api-key',
    requests: 0,
  },
  { what: 'an organisation key', key: 'organisation', code: 'RL-KEY-ORG', status: 7, field: 'api-key', requests: 0 },
  { what: 'a wrong key', key: 'invalid', code: 'RL-AUTH-401', status: 16, field: 'api-key', requests: 2 },
  {
    what: 'the key of a deactivated user',
    key: 'deactivated',
    code: 'RL-AUTH-OWNER',
    status: 16,
    field: 'api-key',
    requests: 1,
  },
  // The owner; then users, roles, and the owner's roles at two places, which hang on one another in nothing.
  { what: 'a weak key', key: 'weak', code: 'RL-WEAK-KEY', status: 7, field: 'api-key', mostRequests: 5 },
  {
    what: 'a web page at the address',
    behaviour: 'html-at-200',
    code: 'RL-URL-HTML',
    status: 2,
    field: 'base-url',
    requests: 1,
  },
  { what: 'a web page later', behaviour: 'html-at-200:/users', code: 'RL-HTML', status: 15 },
  { what: 'JSON that calls itself a web page', behaviour: 'wrong-content-type:/roles', code: 'RL-HTML', status: 15 },
  {
    what: 'a redirect of everything',
    behaviour: 'redirect-elsewhere',
    code: 'RL-URL-REDIRECT',
    status: 2,
    field: 'base-url',
    requests: 1,
  },
  { what: 'a redirect of a list', behaviour: 'redirect-elsewhere:/roles', code: 'RL-REDIRECT', status: 15 },
  { what: '403 on roles', behaviour: 'roles-403', code: 'RL-PERM-403', status: 7, field: 'api-key' },
  { what: '500 that lasts', behaviour: 'server-error', code: 'RL-5XX', status: 14, requests: 5 },
  { what: '500 that lasts at one list', behaviour: 'server-error:/users', code: 'RL-5XX', status: 14 },
  { what: '429 that lasts', behaviour: 'rate-limit:1', code: 'RL-RATE-429', status: 14, requests: 5 },
  { what: 'JSON that breaks off', behaviour: 'truncated-json', code: 'RL-JSON', status: 15 },
  { what: 'a user without id', behaviour: 'user-without-id', code: 'RL-SHAPE', status: 15 },
  { what: 'roles that are null', behaviour: 'roles-null', code: 'RL-NULL-ROLES', status: 15 },
  { what: 'a user without the key for roles', behaviour: 'missing-roles-key', code: 'RL-SHAPE', status: 15 },
  { what: 'a role that is not in the list', behaviour: 'unknown-role', code: 'RL-ROLE-UNKNOWN', status: 15 },
  { what: 'a count that is too high', behaviour: 'count-lies', code: 'RL-COUNT', status: 15 },
  { what: 'a count that is too low, at the edge of a page', behaviour: 'count-lies:-20', code: 'RL-COUNT', status: 15 },
  { what: 'rows that come twice', behaviour: 'ties', code: 'RL-COUNT', status: 15 },
];

describe.each(['embedded', 'per-user'])('with roles %s,', (form) => {
  let simulator: SimulatorProcess;
  beforeAll(async () => {
    simulator = await startSimulator(
      '--users',
      '80',
      '--custom-roles',
      '40',
      '--max-limit',
      '20',
      '--assignments',
      form,
    );
  });
  afterAll(() => simulator[Symbol.asyncDispose]());
  afterEach(() => simulator.behave());

  test.each(cases)(
    '$what ends in $code with exit $status',
    async ({ behaviour, key = 'super_admin', values, code, status, field, requests, mostRequests = Infinity }) => {
      const before = (await simulator.get<{ requests: { total: number } }>('/state')).requests.total;
      if (behaviour !== undefined) await simulator.behave(behaviour);
      const secret = String(values?.['api-key'] ?? simulator.keys[key]);
      const outcome = await readTenant({
        'base-url': simulator.baseUrl,
        'api-key': secret,
        'page-size': 20,
        ...values,
      });
      expect(outcome.error).toMatchObject({ code, status, ...(field === undefined ? {} : { field }) });
      expect(outcome.error?.field).toBe(field);
      expect(outcome.left).toEqual([]);
      const { total, byMethod } = (
        await simulator.get<{ requests: { total: number; byMethod: Record<string, number> } }>('/state')
      ).requests;
      if (requests !== undefined) expect(total - before).toBe(requests);
      expect(total - before).toBeLessThanOrEqual(mostRequests);
      if (total > 0) expect(Object.keys(byMethod)).toEqual(['GET']);
      const told = JSON.stringify([outcome.error, outcome.message, outcome.events]);
      expect(told).not.toContain(JSON.stringify(secret).slice(1, -1));
      // Of the tenant's people nothing is told either.
      expect(told).not.toMatch(/@example|[0-9a-f]{8}-[0-9a-f]{4}-/);
    },
  );
});

test('what is on the disk during a run holds no key', async () => {
  await using simulator = await startSimulator('--users', '60');
  const { spool, events, left } = await readTenant({
    'base-url': simulator.baseUrl,
    'api-key': simulator.keys.super_admin,
  });
  expect(spool.length).toBeGreaterThan(10_000);
  expect(spool + JSON.stringify(events)).not.toContain(simulator.keys.super_admin);
  expect(left).toEqual([]);
});

test('nobody at the address', async () => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const { error } = await readTenant({ 'base-url': `http://127.0.0.1:${port}`, 'api-key': 'rl_key' });
  expect(error).toMatchObject({ code: 'RL-NET-REFUSED', status: 14 });
  expect(error?.title).toContain(`127.0.0.1:${port}`);
});

test('a name that does not exist', async () => {
  const { error } = await readTenant({ 'base-url': 'https://no-such-tenant.invalid', 'api-key': 'rl_key' });
  expect(error).toMatchObject({ code: 'RL-NET-DNS', status: 14, field: 'base-url' });
});
