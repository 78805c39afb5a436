import { seededRandom } from '@batonkit/kernel';
import type { DoctorStep, OpenConnector } from '@batonkit/connector';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runlayer } from '../src/index.ts';
import { createQuickClock } from './read-tenant.ts';
import { startSimulator, type SimulatorProcess } from './simulator-process.ts';

let simulator: SimulatorProcess;
beforeAll(async () => {
  simulator = await startSimulator('--users', '60');
});
afterAll(() => simulator[Symbol.asyncDispose]());
afterEach(() => simulator.behave());

function connect(values: Record<string, string | number | boolean | string[]> = {}): OpenConnector {
  const all = { 'base-url': simulator.baseUrl, 'api-key': simulator.keys.super_admin, ...values };
  return runlayer.open(runlayer.config.read(all), {
    clock: createQuickClock(),
    random: seededRandom(1),
    observe: () => {},
    httpTimeoutSeconds: 30,
    userAgent: 'test',
  });
}

async function examine(
  values: Record<string, string | number | boolean | string[]> = {},
): Promise<{ steps: DoctorStep[]; report: string }> {
  await using connector = connect(values);
  const steps: DoctorStep[] = [];
  for await (const step of connector.doctor?.(new AbortController().signal) ?? []) steps.push(step);
  return { steps, report: JSON.stringify(connector.report?.()) };
}

const verdicts = (steps: DoctorStep[]): string[] => steps.map(({ check, verdict }) => `${check}: ${verdict}`);

describe('doctor', () => {
  test('names each step, and at a friendly tenant no flags', async () => {
    const { steps } = await examine();
    expect(verdicts(steps)).toEqual([
      'Instance: ok',
      'OpenAPI document: ok',
      'API key: ok',
      'Users list: ok',
      'Roles list: ok',
      'Role assignments: ok',
      'Second way to the roles: ok',
      'Profile: ok',
    ]);
    expect(steps.at(-1)?.profile).toEqual([]);
  });

  test.each<[behaviours: string[], values: Record<string, string | string[]>, profile: string[]]>([
    [['auth-bearer-only'], {}, ['--auth-style', 'bearer']],
    [['roles-path-fga'], {}, ['--roles-path', '/fga/roles']],
    [['per-user-roles'], { plan: 'per-user' }, ['--plan', 'per-user']],
    [['no-roles-list'], { accept: ['static-roles'], reason: 'old build' }, ['--accept', 'static-roles']],
  ])('%j is answered with the flags that fit', async (behaviours, values, profile) => {
    await simulator.behave(...behaviours);
    const { steps } = await examine(values);
    expect(steps.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    expect(steps.at(-1)?.profile).toEqual(profile);
  });

  test.each<[behaviour: string, check: string, code: string, says: RegExp]>([
    ['users-403', 'Users list', 'RL-PERM-403', /Helpdesk, Security Admin or Super Admin/],
    ['roles-403', 'Roles list', 'RL-PERM-403', /Helpdesk/],
    ['users-path-members', 'Users list', 'RL-PATH-404', /--users-path \/members/],
    [
      'users-path-organizations-id-members',
      'Users list',
      'RL-PATH-404',
      /--users-path \/organizations\/[\w-]+\/members/,
    ],
    ['no-roles-list', 'Roles list', 'RL-PATH-404', /--accept static-roles with --reason/],
    ['plans-disagree', 'Second way to the roles', 'RL-DISAGREE', /--plan/],
    ['key-revoked', 'API key', 'RL-AUTH-401', /Personal API keys/],
    ['narrowed', 'Users list', 'RL-WEAK-KEY', /--allow-single-user/],
  ])('%s fails at "%s" with %s, and what needs that step is skipped', async (behaviour, check, code, says) => {
    await simulator.behave(behaviour);
    const { steps } = await examine();
    const failed = steps.filter(({ verdict }) => verdict === 'failed');
    expect(failed).toMatchObject([{ check, code }]);
    expect(failed[0]?.remedy).toMatch(says);
    expect(steps.slice(steps.indexOf(failed[0] as DoctorStep) + 1).map(({ verdict }) => verdict)).toEqual(
      steps.slice(steps.indexOf(failed[0] as DoctorStep) + 1).map(() => 'skipped'),
    );
  });

  test('where nothing answers, that is said once', async () => {
    const { steps } = await examine({ 'base-url': 'https://no-such-tenant.invalid' });
    expect(steps[0]).toMatchObject({ verdict: 'failed', code: 'RL-NET-DNS', status: 14 });
    expect(new Set(steps.slice(1).map(({ verdict }) => verdict))).toEqual(new Set(['skipped']));
  });

  test('the report holds forms, keys and types, and no value of the tenant', async () => {
    await simulator.behave('user-names-hostile');
    const { report } = await examine();
    expect(JSON.parse(report)).toMatchObject({
      forms: {
        users: {
          path: '/users',
          envelope: { list: 'data', count: 'count' },
          keys: { id: 'uuid', email: 'text', is_active: 'boolean', created_at: 'time', 'roles[].slug': 'text' },
        },
        roles: { path: '/roles' },
      },
      openApi: { at: '/openapi.json' },
    });
    const accounts = await simulator.get<{ id: string; email: string; name: string | null }[]>('/accounts');
    const roles = await simulator.get<{ id: string; slug: string; name: string }[]>('/roles');
    const values = [
      simulator.keys.super_admin,
      ...accounts.flatMap(({ id, email, name }) => [id, email, name ?? '']),
      ...roles.flatMap(({ id, slug, name }) => [id, slug, name]),
    ];
    // Short words such as "user" are keys of the API as well.
    for (const value of values.filter((value) => value.length > 9)) expect(report).not.toContain(value);
  });

  test('the report names no organisation, and no keys that a customer may have made', async () => {
    await simulator.behave('users-path-organizations-id-members');
    const { steps } = await examine();
    const path = /--users-path (\S+members)/.exec(steps.find(({ verdict }) => verdict === 'failed')?.remedy ?? '')?.[1];
    const found = await examine({ 'users-path': path ?? '' });
    expect(found.steps.at(-1)?.profile).toEqual(['--users-path', path]);
    expect(found.report).toContain('/organizations/{id}/members');
    expect(found.report).not.toContain(path);
  });

  test('a URL or key that cannot be right is refused before any request', () => {
    expect(() => connect({ 'api-key': 'rl_org_x' })).toThrow(/organisation key/);
  });
});

describe('the plan is told before the run', () => {
  test.each<[behaviours: string[], plan: string, lists: string[]]>([
    [[], 'embedded', ['roles /roles 10 4', 'users /users 60 4']],
    [
      ['per-user-roles'],
      'per-user',
      ['roles /roles 10 4', 'users /users 60 4', 'assignments /users/{id}/roles null 120'],
    ],
    // No more than so many rows come at once.
    [['short-pages:20'], 'embedded', ['roles /roles 10 4', 'users /users 60 8']],
    [['max-limit:50'], 'embedded', ['roles /roles 10 4', 'users /users 60 6']],
  ])('%j', async (behaviours, plan, lists) => {
    await simulator.behave(...behaviours);
    await using connector = connect();
    const { signal } = new AbortController();
    await connector.validate(signal);
    const before = await simulator.get<{ requests: { total: number } }>('/state');
    const description = await connector.describePlan?.(signal);
    const after = await simulator.get<{ requests: { total: number } }>('/state');
    expect(after.requests.total).toBe(before.requests.total);
    expect(description?.plan).toBe(plan);
    expect(description?.lists.map(({ name, path, count, requests }) => `${name} ${path} ${count} ${requests}`)).toEqual(
      lists,
    );
  });
});
