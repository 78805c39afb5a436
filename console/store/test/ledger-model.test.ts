import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  getAccount,
  getApp,
  listAccounts,
  listAdministrators,
  listGrants,
  listRoles,
  listTimeline,
} from '../src/index.ts';
import type { Tier } from '@batonkit/console-domain';
import type { Page, PagingQuery } from '../src/index.ts';
import { type Applied, compare, Replay, timelineText } from './replay.ts';
import { type Tenant, TestConsole } from './test-console.ts';

let console: TestConsole;
beforeAll(async () => {
  console = await new TestConsole().open();
});
afterAll(() => console[Symbol.asyncDispose]());

const TIERS: Tier[] = ['critical', 'high', 'unclassified', 'medium', 'none'];

// Small alphabets, so that people and roles go, come back and change their names.
const tenant: fc.Arbitrary<Tenant> = fc
  .record({
    users: fc.uniqueArray(fc.tuple(fc.nat(4), fc.nat(2), fc.boolean()), { minLength: 1, selector: ([id]) => id }),
    roles: fc.uniqueArray(fc.tuple(fc.nat(3), fc.nat(1), fc.constantFrom(...TIERS)), {
      minLength: 1,
      selector: ([id]) => id,
    }),
    pairs: fc.uniqueArray(fc.tuple(fc.nat(3), fc.nat(4)), { maxLength: 12, selector: String }),
  })
  .map(({ users, roles, pairs }) => {
    const people: Tenant['users'] = {};
    for (const [id, name, byFlag] of users) people[`u${id}`] = { name: `u${id} named ${name}`, byFlag };
    const kinds: Tenant['roles'] = {};
    for (const [id, name, tier] of roles) kinds[`r${id}`] = { name: `r${id} named ${name}`, tier };
    const grants = pairs
      .map(([role, user]): [string, string] => [`r${role}`, `u${user}`])
      .filter(([role, user]) => role in kinds && user in people);
    return { users: people, roles: kinds, grants };
  });

// A step is a new tenant, or the same once more.
const history = fc
  .array(fc.oneof({ arbitrary: tenant, weight: 3 }, { arbitrary: fc.constant('again' as const), weight: 1 }), {
    minLength: 2,
    maxLength: 6,
  })
  .map((steps) => {
    const tenants: Tenant[] = [];
    for (const step of steps) {
      const next = step === 'again' ? tenants.at(-1) : step;
      if (next !== undefined) tenants.push(next);
    }
    return tenants;
  })
  .filter((tenants) => tenants.length > 0);

async function all<T>(list: (query: PagingQuery) => Promise<Page<T>>, limit: number): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ cursor, limit });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return items;
}

test('every list at every instant is what a replay of all applied syncs says', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 1, max: 4 }), async (tenants, limit) => {
      const { id, appId } = await console.connector();
      const applied: Applied[] = [];
      for (const [index, next] of tenants.entries()) {
        const before = await console.ledgerDigest();
        const { syncId, windowStart, windowEnd, unchanged } = await console.sync(id, next);
        applied.push({ tenant: next, syncId, windowStart, windowEnd });
        const same = index > 0 && JSON.stringify(next) === JSON.stringify(tenants[index - 1]);
        if (same) expect(unchanged).toBe(true);
        if (unchanged) expect(await console.ledgerDigest()).toEqual(before);
      }
      const replay = new Replay(applied);
      for (const { windowEnd } of applied) {
        const justBefore = new Date(Date.parse(windowEnd) - 1).toISOString();
        for (const asOf of [justBefore, windowEnd]) await expectState(appId, asOf, replay, limit);
      }
      const newest = applied.length - 1;
      expect((await getApp(console.db, appId, {})).proof?.syncId).toBe(applied[newest]?.syncId);
      await expectTimelines(appId, replay, newest, limit);
    }),
    { numRuns: 10 },
  );
}, 120_000);

async function expectState(appId: string, asOf: string, replay: Replay, limit: number): Promise<void> {
  const { db } = console;
  const index = replay.at(asOf);
  if (index < 0) {
    for (const list of [listAccounts, listRoles, listGrants, listAdministrators]) {
      expect(await list(db, appId, { asOf })).toMatchObject({ items: [], next: null, proof: null, total: null });
    }
    return;
  }
  const accounts = await all((query) => listAccounts(db, appId, { ...query, asOf }), limit);
  expect(accounts.map((account) => account.name)).toEqual(accounts.map((account) => account.name).sort(compare));
  expect(
    accounts
      .map(({ externalId, name, roles, interval }) => ({
        externalId,
        name,
        roles: roles.map((role) => role.name).sort(compare),
        from: interval.from,
      }))
      .sort((a, b) => compare(a.externalId, b.externalId)),
  ).toEqual(replay.accounts(index));

  const roles = await all((query) => listRoles(db, appId, { ...query, asOf }), limit);
  expect(roles.map((role) => TIERS.indexOf(role.tier))).toEqual(
    roles.map((role) => TIERS.indexOf(role.tier)).sort((a, b) => a - b),
  );
  expect(
    roles
      .map(({ externalId, name, tier, holders, interval }) => ({
        externalId,
        name,
        tier,
        holders,
        from: interval.from,
      }))
      .sort((a, b) => compare(a.externalId, b.externalId)),
  ).toEqual(replay.roles(index));

  const grants = await all((query) => listGrants(db, appId, { ...query, asOf }), limit);
  expect(
    grants
      .map(({ externalId, interval }) => ({ externalId, from: interval.from }))
      .sort((a, b) => compare(a.externalId, b.externalId)),
  ).toEqual(replay.grants(index));

  const ids = new Map(roles.map((role) => [role.id, role.externalId]));
  const administrators = await all((query) => listAdministrators(db, appId, { ...query, asOf }), limit);
  expect(
    administrators
      .map(({ account, tier, byFlag, roles: held }) => ({
        name: account.name,
        tier,
        byFlag,
        roles: held
          .map(({ role, interval }) => ({ id: ids.get(role.id) ?? '', from: interval.from }))
          .sort((a, b) => compare(a.id, b.id)),
      }))
      .sort((a, b) => compare(a.name, b.name)),
  ).toEqual(replay.administrators(index));
  const app = await getApp(db, appId, { asOf });
  expect(app.counts).toEqual({
    accounts: accounts.length,
    roles: roles.length,
    grants: grants.length,
    administrators: administrators.length,
  });
}

async function expectTimelines(appId: string, replay: Replay, index: number, limit: number): Promise<void> {
  const { db } = console;
  const texts = async (accountId?: string): Promise<string[]> => {
    const entries = await all((query) => listTimeline(db, appId, { ...query, accountId }), limit);
    const times = entries.map((entry) => entry.bound.before);
    expect(times).toEqual([...times].sort(compare).reverse());
    return entries
      .map(({ kind, account, role, holders, bound, first }) =>
        timelineText(kind, account?.name ?? `${holders} holders`, role.name, bound, first),
      )
      .sort();
  };
  expect(await texts()).toEqual(replay.timeline(index));
  for (const account of await all((query) => listAccounts(db, appId, query), 200)) {
    expect(await texts(account.id)).toEqual(replay.timeline(index, account.externalId));
    const { grants } = await getAccount(db, appId, account.id, {});
    const lost = replay.timeline(index, account.externalId).filter((text) => text.includes('"lost"'));
    expect(grants.filter(({ interval }) => interval.to !== null)).toHaveLength(lost.length);
  }
}
