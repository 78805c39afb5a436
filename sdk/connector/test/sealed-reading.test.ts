import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, systemClock, VirtualClock } from '@batonkit/kernel';
import {
  EntitlementSchema,
  entitlementId,
  evidenceFromStruct,
  findAny,
  GrantSchema,
  grantId,
  ResourceSchema,
  ResourceTypeSchema,
  type Evidence,
} from '@batonkit/protocol';
import { create, toJson, type JsonObject } from '@bufbuild/protobuf';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  connectInMemory,
  createConnectorService,
  defineConfig,
  type ConnectorServices,
  type Plan,
} from '../src/index.ts';
import { planOf, type Form } from './plan-of-a-test.ts';
import { calm, Tenant, type TenantSettings } from './tenant-of-a-test.ts';

let spoolDir = '';
beforeEach(() => {
  spoolDir = mkdtempSync(join(tmpdir(), 'seal-'));
});
afterEach(() => rmSync(spoolDir, { recursive: true }));

const tenantOf = (changed: Partial<TenantSettings> = {}): Tenant =>
  new Tenant({ ...calm, users: 1300, maxLimit: 500, ...changed }, new VirtualClock());

/** A connector of one process: it remembers how many readings it made, as some remember what they saw. */
function serviceOf(
  tenant: Tenant,
  form: Form = 'embedded',
  change: (plan: Plan) => Plan = (plan) => plan,
): ConnectorServices {
  let seen = 'nothing';
  return createConnectorService(
    {
      name: 'baton-test',
      id: 'test',
      displayName: 'Test',
      description: 'A test',
      version: '1.2.3',
      helpUrl: 'https://example.com/help',
      config: defineConfig({}),
      resourceTypes: ['user', 'role'].map((id) => create(ResourceTypeSchema, { id, displayName: id })),
      open: () => ({
        validate: async () => {},
        plans: async () => {
          const plan = planOf(tenant, { form, pageSize: 500 });
          const facts = plan.facts.bind(plan);
          plan.facts = () => {
            seen = 'facts';
            return facts();
          };
          return [change(plan)];
        },
        memory: () => ({ seen }),
        remember: (memory) => (seen = (memory as { seen: string }).seen),
        present: {
          resource: (resourceType, record) =>
            create(ResourceSchema, {
              id: { resourceType, resource: (record as { id: string }).id },
              displayName: seen,
            }),
          entitlement: (record) => {
            const { id } = record as { id: string };
            return create(EntitlementSchema, { id: entitlementId('role', id, 'assigned') });
          },
          grant: (record) => {
            const { role, user } = record as { role: string; user: string };
            return create(GrantSchema, { id: grantId(entitlementId('role', role, 'assigned'), 'user', user) });
          },
        },
        [Symbol.asyncDispose]: async () => {},
      }),
    },
    {},
    { clock: systemClock, random: seededRandom(1), spoolDir, keep: true },
  );
}

/** Everything that it serves from a token on; the evidence from the last page of users. */
async function serve(service: ConnectorServices, syncId: string, token = '') {
  const { resources, grants, entitlements } = connectInMemory(service);
  const ids: string[] = [];
  let evidence: Evidence | undefined;
  for (const resourceTypeId of ['user', 'role']) {
    let pageToken = token;
    do {
      const page = await resources.listResources({ resourceTypeId, pageToken, activeSyncId: syncId });
      ids.push(...page.list.map(({ id, displayName }) => `${id?.resourceType}:${id?.resource} ${displayName}`));
      pageToken = page.nextPageToken;
      const struct = findAny(page.annotations, StructSchema);
      if (struct !== undefined) evidence = evidenceFromStruct(toJson(StructSchema, struct) as JsonObject);
    } while (pageToken !== '');
  }
  for (const role of ['r0', 'r1', 'r2', 'r3']) {
    const resource = { id: { resourceType: 'role', resource: role } };
    const found = await entitlements.listEntitlements({ resource, activeSyncId: syncId });
    ids.push(...found.list.map(({ id }) => id));
    let pageToken = '';
    do {
      const page = await grants.listGrants({ resource, pageToken, activeSyncId: syncId });
      ids.push(...page.list.map(({ id }) => id));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
  }
  return { ids, evidence };
}

/** A process proves a reading, serves a page of it, and is killed. */
async function killed(tenant: Tenant): Promise<{ evidence: Evidence | undefined; ids: string[] }> {
  const service = serviceOf(tenant);
  // Nothing of it is closed: that is what a kill does.
  return await serve(service, 'sync-1');
}

describe('a reading that a killed process proved', () => {
  test('is served by the next one, without being read again', async () => {
    const tenant = tenantOf();
    const { ids, evidence } = await killed(tenant);
    expect(ids.length).toBeGreaterThan(2000);
    const { requests } = tenant;
    await using next = serviceOf(tenant);
    expect(await next.resume({ id: 'sync-1', evidence })).toBeUndefined();
    expect(await serve(next, 'sync-1')).toEqual({ ids, evidence });
    // The first page of each of the two lists.
    expect(tenant.requests - requests).toBe(2);
  });

  test('as the source was at its moment: roles that changed since are not mixed into it', async () => {
    const tenant = tenantOf();
    const { ids, evidence } = await killed(tenant);
    for (let n = 0; n < 50; n += 1) tenant.change(n % 2 === 0 ? 'promote' : 'demote');
    const changedAt = tenant.history[1]?.from ?? 0;
    await using next = serviceOf(tenant);
    expect(await next.resume({ id: 'sync-1', evidence })).toBeUndefined();
    expect(await serve(next, 'sync-1')).toEqual({ ids, evidence });
    expect(Date.parse(evidence?.moment?.to ?? '')).toBeLessThanOrEqual(changedAt);
  });

  test('with members that were dropped after they were put out', async () => {
    let dropped = 0;
    for (let seed = 1; seed <= 6; seed += 1) {
      const changes = [15, 20, 25].map((before) => ({ before, kind: 'delete' as const }));
      const tenant = tenantOf({ users: 45, maxLimit: 10, seed, changes });
      const { ids, evidence } = await serve(serviceOf(tenant, 'per-user'), 'sync-1');
      const seal = JSON.parse(readFileSync(join(spoolDir, 'reading.json'), 'utf8')) as { types: [string, string[]][] };
      for (const [, left] of seal.types) dropped += left.length;
      await using next = serviceOf(tenant, 'per-user');
      expect(await next.resume({ id: 'sync-1', evidence })).toBeUndefined();
      expect(await serve(next, 'sync-1')).toEqual({ ids, evidence });
    }
    expect(dropped).toBeGreaterThan(0);
  });

  test('a stopped process leaves it, too; one that ends in order leaves nothing', async () => {
    const tenant = tenantOf();
    const first = serviceOf(tenant);
    const { ids, evidence } = await serve(first, 'sync-1');
    await first.leave();
    expect(readdirSync(spoolDir).toSorted()).toEqual(['plan-1.spool', 'reading.json']);
    const next = serviceOf(tenant);
    expect(await next.resume({ id: 'sync-1', evidence })).toBeUndefined();
    expect((await serve(next, 'sync-1')).ids).toEqual(ids);
    await connectInMemory(next).connector.cleanup({ activeSyncId: 'sync-1' });
    await next[Symbol.asyncDispose]();
    expect(readdirSync(spoolDir)).toEqual([]);
  });

  const cases: [
    string,
    (tenant: Tenant) => { plan?: (plan: Plan) => Plan; id?: string; evidence?: Partial<Evidence> } | void,
    RegExp,
  ][] = [
    ['of another sync', () => ({ id: 'sync-2' }), /not complete/],
    ['there is none', () => rmSync(join(spoolDir, 'reading.json')), /not complete/],
    ['its seal is damaged', () => truncateSync(join(spoolDir, 'reading.json'), 100), /not complete/],
    ['its rows are damaged', () => truncateSync(join(spoolDir, 'plan-1.spool'), 100), /not complete/],
    ['the rows stored are of another one', () => ({ evidence: { passes: 3 } }), /another reading/],
    ['a user more', (tenant) => tenant.change('add'), /users have changed/],
    ['a user fewer', (tenant) => tenant.change('delete'), /users have changed/],
    [
      'one left and one came',
      (tenant) => {
        tenant.change('delete');
        tenant.change('add');
      },
      /users have changed/,
    ],
    ['another plan', () => ({ plan: (plan) => Object.assign(plan, { name: 'per-user' }) }), /another plan/],
    [
      'the key of somebody else',
      () => ({ plan: (plan) => facts(plan, { owner: { id: 'other', roles: [] } }) }),
      /somebody else/,
    ],
    [
      'another instance',
      () => ({ plan: (plan) => facts(plan, { origin: 'https://other.example' }) }),
      /another instance/,
    ],
  ];
  const facts = (plan: Plan, changed: object): Plan => {
    const before = plan.facts.bind(plan);
    return Object.assign(plan, { facts: () => ({ ...before(), ...changed }) });
  };

  test.each(cases)('is not gone on with: %s', async (_name, change, why) => {
    const tenant = tenantOf();
    const { evidence } = await killed(tenant);
    if (evidence === undefined) throw new Error('there was no evidence');
    const changed = change(tenant) ?? {};
    await using next = serviceOf(tenant, 'embedded', changed.plan);
    const answer = await next.resume({ id: changed.id ?? 'sync-1', evidence: { ...evidence, ...changed.evidence } });
    expect(answer).toMatch(why);
    // It reads anew, whatever lies there.
    expect((await serve(next, 'sync-3')).ids.length).toBeGreaterThan(2000);
  });

  test('that was not proven yet is not there', async () => {
    const tenant = tenantOf();
    const first = serviceOf(tenant);
    const { resources } = connectInMemory(first);
    await resources
      .listResources({ resourceTypeId: 'user', activeSyncId: 'sync-1' }, { signal: AbortSignal.timeout(1) })
      .catch(() => {});
    await first.leave();
    writeFileSync(join(spoolDir, 'plan-1.spool'), 'half');
    await using next = serviceOf(tenant);
    expect(await next.resume({ id: 'sync-1', evidence: undefined })).toMatch(/not complete/);
    expect((await serve(next, 'sync-1')).ids.length).toBeGreaterThan(2000);
  });
});

test('the seal holds no row of the source', async () => {
  await killed(tenantOf());
  expect(readFileSync(join(spoolDir, 'reading.json'), 'utf8')).not.toMatch(/u1[0-9]{2}/);
});
