import { systemClock } from '@batonkit/kernel';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { outcomes, unknowns, type Case } from './outcomes.ts';
import { readTenant, type Synced } from './read-tenant.ts';
import { startSimulator, type SimulatorProcess } from './simulator-process.ts';

interface Listed {
  behaviours: { name: string; kind: 'accept' | 'refuse' | 'fault'; ends: 'exact' | 'refused' | 'either' }[];
}

let simulator: SimulatorProcess;
let organization: string;
beforeAll(async () => {
  simulator = await startSimulator('--users', '60', '--custom-roles', '15');
  // Somebody without any role, as null and none are told apart only there.
  const roles = await simulator.get<{ id: string; slug: string }[]>('/roles');
  const plain = roles.find(({ slug }) => slug === 'user')?.id;
  const pairs = await simulator.get<{ userId: string; roleId: string }[]>('/pairs');
  const holders = pairs.filter(({ roleId }) => roleId === plain).map(({ userId }) => userId);
  const only = holders.filter((user) => pairs.filter(({ userId }) => userId === user).length === 1);
  for (const userId of only.slice(-3)) await simulator.post('/demote', { userId, role: 'user' });
  await simulator.behave('users-path-organizations-id-members');
  const headers = { 'x-runlayer-api-key': simulator.keys.super_admin };
  const me = (await (await fetch(`${simulator.baseUrl}/users/me`, { headers })).json()) as { organization_id: string };
  organization = me.organization_id;
  await simulator.behave();
});
afterAll(() => simulator[Symbol.asyncDispose]());
afterEach(() => simulator.behave());

test('each behaviour of the simulator has an outcome, and nothing else has', async () => {
  const { behaviours } = await simulator.get<Listed>('/behaviours');
  expect(Object.keys(outcomes).sort()).toEqual(behaviours.map(({ name }) => name).sort());
  // What the simulator says of each fits what is expected of us.
  for (const { name, ends } of behaviours) {
    const [first] = casesOf(name);
    const isOurs = first?.ends === 'exact' || first?.values !== undefined;
    if (ends === 'exact') expect([name, isOurs || first?.key !== undefined]).toEqual([name, true]);
    if (ends === 'refused') expect([name, first?.ends]).not.toEqual([name, 'exact']);
  }
});

test.each(Object.entries(unknowns))('the question "%s" has behaviours that answer it', (_, behaviours) => {
  for (const name of behaviours) expect(Object.keys(outcomes)).toContain(name);
});

const casesOf = (name: string): Case[] =>
  [outcomes[name] ?? []].flat().map((one) => (typeof one === 'string' ? { ends: one } : (one as Case)));

const all = Object.keys(outcomes).flatMap((name) => casesOf(name).map((one) => ({ name, ...one })));

describe('a sync under', () => {
  test.each(all)(
    '$name $also $values ends: $ends',
    async ({ name, form, also = [], key, at, values, ends, exception, areRolesBySlug, placeholders = 0 }) => {
      await simulator.behave(...also, form ?? name);
      const filled = JSON.parse(JSON.stringify(values ?? {}).replace('ORGANIZATION', organization)) as typeof values;
      const settings = {
        'base-url': at === undefined ? simulator.baseUrl : simulator.origin + at,
        'api-key': simulator.keys[key ?? 'super_admin'],
        'page-size': 20,
        ...filled,
      };
      // The simulator tells its changes by the real time.
      const { synced, error, left } = await readTenant(settings, ends === 'moment' ? systemClock : undefined);
      expect(left).toEqual([]);
      if (ends !== 'exact' && ends !== 'moment') {
        expect(error?.code).toBe(ends);
        return;
      }
      expect(error).toBeUndefined();
      const evidence = synced?.evidence;
      expect(evidence?.verdict).toBe(exception === undefined ? 'complete' : 'complete with exceptions');
      expect(evidence?.exceptions?.map(({ name }) => name) ?? []).toEqual(exception === undefined ? [] : [exception]);
      const ghosts = new Set(
        synced?.roles.filter(({ profile }) => profile?.['placeholder'] === true).map(({ id }) => id?.resource),
      );
      const known = synced?.pairs.filter((pair) => !ghosts.has(roleIn(pair)));
      expect((synced?.pairs.length ?? 0) - (known?.length ?? 0)).toBe(placeholders);
      if (ends === 'exact') {
        expect(known).toEqual(await truePairs('', areRolesBySlug));
        expect(administratorsIn({ roles: synced?.roles ?? [], pairs: known ?? [] })).toEqual(
          await trueAdministrators(areRolesBySlug),
        );
      } else expect(await pairsInMoment(evidence?.moment ?? { from: '', to: '' })).toContain(synced?.pairs.join('\n'));
    },
  );
});

/** People who hold a role of a high tier, or of none, which nobody has classified. */
function administratorsIn({ roles, pairs }: Pick<Synced, 'roles' | 'pairs'>): string[] {
  const isAdmin = (tier: unknown): boolean => tier === undefined || tier === 'critical' || tier === 'high';
  const admin = new Set(roles.filter(({ profile }) => isAdmin(profile?.['tier'])).map(({ id }) => id?.resource));
  return [...new Set(pairs.filter((pair) => admin.has(roleIn(pair))).map(userIn))].sort();
}

async function trueAdministrators(areRolesBySlug = false): Promise<string[]> {
  const roles = await simulator.get<{ id: string; slug: string; isSystem: boolean }[]>('/roles');
  const administer = ['super_admin', 'security_admin', 'it_admin'];
  const admin = new Set(
    roles
      .filter(({ slug, isSystem }) => !isSystem || administer.includes(slug))
      .map(({ id, slug }) => (areRolesBySlug ? slug : id)),
  );
  const pairs = await truePairs('', areRolesBySlug);
  return [...new Set(pairs.filter((pair) => admin.has(roleIn(pair))).map(userIn))].sort();
}

/** Role ids may hold spaces, user ids do not. */
const userIn = (pair: string): string => pair.slice(0, pair.indexOf(' '));
const roleIn = (pair: string): string => pair.slice(pair.indexOf(' ') + 1);

async function truePairs(query: string, areRolesBySlug = false): Promise<string[]> {
  const pairs = await simulator.get<{ userId: string; roleId: string }[]>(`/pairs${query}`);
  const roles = areRolesBySlug ? await simulator.get<{ id: string; slug: string }[]>('/roles') : [];
  const slugs = new Map(roles.map(({ id, slug }) => [id, slug]));
  return pairs.map(({ userId, roleId }) => `${userId} ${slugs.get(roleId) ?? roleId}`).sort();
}

/** What the tenant held at each instant of a span. */
async function pairsInMoment({ from, to }: { from: string; to: string }): Promise<string[]> {
  const query = `?from=${Date.parse(from)}&to=${Date.parse(to)}`;
  const { first, last } = await simulator.get<{ first: number; last: number }>(`/moments${query}`);
  const states: string[] = [];
  for (let n = first; n <= last; n++) states.push((await truePairs(`?after=${n}`)).join('\n'));
  return states;
}
