import {
  findAny,
  RoleTraitSchema,
  UserTrait_AccountType,
  UserTrait_Status_Status,
  UserTraitSchema,
} from '@batonkit/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTenant, type Synced } from './read-tenant.ts';
import { startSimulator, type KeyKind, type SimulatorProcess } from './simulator-process.ts';

async function truePairs(simulator: SimulatorProcess): Promise<string[]> {
  const pairs = await simulator.get<{ userId: string; roleId: string }[]>('/pairs');
  return pairs.map(({ userId, roleId }) => `${userId} ${roleId}`).sort();
}

async function sync(
  simulator: SimulatorProcess,
  values: Record<string, string | number | boolean> = {},
  key: KeyKind = 'super_admin',
): Promise<Synced> {
  const { synced, error } = await readTenant({
    'base-url': simulator.baseUrl,
    'api-key': simulator.keys[key],
    ...values,
  });
  if (synced === undefined) throw new Error(error?.title);
  return synced;
}

describe.each(['embedded', 'per-user'])('a tenant whose roles are %s', (form) => {
  test.each([1, 2, 3])(
    'is read to the last user and pair, in pages and with the right evidence (seed %i)',
    async (seed) => {
      await using simulator = await startSimulator(
        '--users',
        '130',
        '--seed',
        String(seed),
        '--assignments',
        form,
        '--custom-roles',
        '40',
      );
      const { users, roles, entitlements, grants, pairs, evidence } = await sync(simulator, { 'page-size': 20 });
      expect(pairs).toEqual(await truePairs(simulator));
      const accounts = await simulator.get<{ id: string }[]>('/accounts');
      expect(users.map(({ id }) => id?.resource)).toEqual(accounts.map(({ id }) => id));
      expect(roles).toHaveLength(47);
      expect(entitlements).toHaveLength(47);
      expect(evidence).toMatchObject({
        plan: form,
        verdict: 'complete',
        roleId: 'id',
        origin: simulator.origin,
        lists: [
          { name: 'roles', count: 47, distinct: 47, passes: 2, pageSize: 20 },
          { name: 'users', count: 130, distinct: 130, passes: 2, pageSize: 20 },
          { name: 'assignments', distinct: grants.length, passes: 2 },
        ],
      });
      // Three pages at least, each list twice, and the empty one that ends it.
      expect(evidence.lists.slice(0, 2).map(({ pages }) => pages)).toEqual([2 * (3 + 1), 2 * (7 + 1)]);
      const state = await simulator.get<{ requests: { byMethod: Record<string, number> } }>('/state');
      expect(Object.keys(state.requests.byMethod)).toEqual(['GET']);
    },
  );
});

describe('one tenant', () => {
  let simulator: SimulatorProcess;
  beforeAll(async () => {
    simulator = await startSimulator('--users', '120', '--max-limit', '50');
  });
  afterAll(() => simulator[Symbol.asyncDispose]());

  test('keys of Helpdesk and Security Admin see the same as that of a Super Admin', async () => {
    const all = await sync(simulator);
    for (const key of ['helpdesk', 'security_admin'] as const) {
      const { pairs, evidence } = await sync(simulator, {}, key);
      expect(pairs).toEqual(all.pairs);
      expect(evidence.owner.id).not.toBe(all.evidence.owner.id);
      expect(evidence.lists).toEqual(all.evidence.lists);
    }
  });

  test('the largest page that is granted is found', async () => {
    const { evidence } = await sync(simulator);
    expect(evidence.lists.map(({ pageSize }) => pageSize)).toEqual([50, 50, 50]);
  });

  test.each(['short-pages:7', 'rate-limit:4', 'server-error:3:/users', 'server-error:2:/roles'])(
    '%s changes nothing of what is read',
    async (behaviour) => {
      const { pairs } = await sync(simulator);
      await simulator.behave(behaviour);
      const disturbed = await sync(simulator);
      await simulator.behave();
      expect(disturbed.pairs).toEqual(pairs);
    },
  );

  test('a promotion is in the next sync, and nothing else', async () => {
    const before = await sync(simulator);
    const plain = before.users.find(
      ({ id }) => before.pairs.filter((pair) => pair.startsWith(`${id?.resource} `)).length === 1,
    );
    const userId = plain?.id?.resource ?? '';
    const role = before.roles.find(({ displayName }) => displayName === 'Security Admin')?.id?.resource ?? '';
    await simulator.post('/promote', { userId, role: 'security_admin' });
    const after = await sync(simulator);
    expect(after.pairs.filter((pair) => !before.pairs.includes(pair))).toEqual([`${userId} ${role}`]);
    expect(before.pairs.filter((pair) => !after.pairs.includes(pair))).toEqual([]);
  });

  test('roles carry their tier, and those of the tenant itself none', async () => {
    const { roles } = await sync(simulator);
    const tiers = Object.fromEntries(
      roles.map((role) => [role.displayName, findAny(role.annotations, RoleTraitSchema)?.profile?.['tier']]),
    );
    expect(tiers).toMatchObject({
      'Super Admin': 'critical',
      'Security Admin': 'high',
      'IT Admin': 'high',
      'Analytics Admin': 'medium',
      Developer: 'medium',
      Helpdesk: 'medium',
      User: 'none',
      'MCP Curator': undefined,
      'Red Team': undefined,
    });
  });

  test('accounts have status, type, mail and login as Runlayer says them', async () => {
    const { users } = await sync(simulator);
    const accounts =
      await simulator.get<{ id: string; email: string; name: string | null; active: boolean; type: string }[]>(
        '/accounts',
      );
    const seen = users.map((user) => {
      const trait = findAny(user.annotations, UserTraitSchema);
      return {
        id: user.id?.resource,
        name: user.displayName,
        email: trait?.emails.find(({ isPrimary }) => isPrimary)?.address,
        login: trait?.login,
        isEnabled: trait?.status?.status === UserTrait_Status_Status.ENABLED,
        isHuman: trait?.accountType === UserTrait_AccountType.HUMAN,
      };
    });
    expect(seen).toEqual(
      accounts.map(({ id, name, email, active, type }) => ({
        id,
        name: name || email,
        email,
        login: email,
        isEnabled: active,
        isHuman: type === 'user',
      })),
    );
    expect(accounts.some(({ active }) => !active) && accounts.some(({ type }) => type !== 'user')).toBe(true);
  });

  test('ids of entitlements and grants are the joins that C1 expects', async () => {
    const { roles, entitlements, grants } = await sync(simulator);
    expect(entitlements.map(({ id }) => id)).toEqual(roles.map(({ id }) => `role:${id?.resource}:assigned`));
    for (const { id, entitlement, principal } of grants) {
      expect(id).toBe(`role:${entitlement?.resource?.id?.resource}:assigned:user:${principal?.id?.resource}`);
    }
  });

  test('the base URL may end in slashes, lack /api/v1, or carry a query', async () => {
    const { pairs } = await sync(simulator);
    for (const url of [
      simulator.origin,
      `${simulator.origin}/`,
      `${simulator.baseUrl}//`,
      `  ${simulator.baseUrl}?x=1#y `,
    ]) {
      expect((await sync(simulator, { 'base-url': url })).pairs).toEqual(pairs);
    }
  });
});

test('a tenant of one user needs to be called so', async () => {
  await using simulator = await startSimulator('--users', '1');
  const values = { 'base-url': simulator.baseUrl, 'api-key': simulator.keys.super_admin };
  expect((await readTenant(values)).error).toMatchObject({ code: 'RL-WEAK-KEY', status: 7 });
  expect((await readTenant({ ...values, 'allow-single-user': true })).synced?.users).toHaveLength(1);
});

test('a user who disappears between the list and its roles is no error, and not part of the sync', async () => {
  await using simulator = await startSimulator('--users', '60', '--assignments', 'per-user');
  const accounts = await simulator.get<{ id: string }[]>('/accounts');
  const victim = accounts.at(30)?.id ?? '';
  // The tenth request for roles is held, the user behind it deleted, then it goes on.
  await simulator.behave('hold:10:/users/{id}/roles');
  const running = readTenant({ 'base-url': simulator.baseUrl, 'api-key': simulator.keys.super_admin });
  await simulator.get('/held?timeout=10000');
  await simulator.post('/delete', { userId: victim });
  await simulator.post('/release', {});
  const { synced } = await running;
  expect(synced?.users.map(({ id }) => id?.resource)).not.toContain(victim);
  expect(synced?.evidence.lists.map(({ vanished }) => vanished)).toEqual([0, 1, 1]);
  expect(synced?.pairs).toEqual(await truePairs(simulator));
});
