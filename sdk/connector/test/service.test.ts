import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, systemClock, VirtualClock, type Clock } from '@batonkit/kernel';
import {
  ConnectorService,
  EntitlementSchema,
  entitlementId,
  EntitlementsService,
  evidenceFromStruct,
  findAny,
  GrantSchema,
  grantId,
  GrantsService,
  packAny,
  reportFromDetail,
  ResourceSchema,
  ResourceGetterService,
  ResourcesService,
  ResourceType_Trait,
  ResourceTypeSchema,
  ResourceTypesService,
  TypeScopedGrantsSchema,
  type Evidence,
  type Resource,
} from '@batonkit/protocol';
import { create, toJson, type JsonObject } from '@bufbuild/protobuf';
import { StructSchema, type Any } from '@bufbuild/protobuf/wkt';
import { ConnectError, createClient, createRouterTransport } from '@connectrpc/connect';
import { afterAll, describe, expect, test } from 'vitest';
import {
  connectInMemory,
  createConnectorService,
  defineConfig,
  type ConnectorClient,
  type ConnectorDefinition,
  type ConnectorServices,
} from '../src/index.ts';
import { planOf } from './plan-of-a-test.ts';
import { fail, Tenant, type TenantSettings } from './tenant-of-a-test.ts';

const directory = mkdtempSync(join(tmpdir(), 'service-'));
afterAll(() => rmSync(directory, { recursive: true }));

const settings: TenantSettings = {
  users: 1200,
  roles: 3,
  seed: 1,
  maxLimit: 500,
  cutsSilently: false,
  lingering: 0,
  hidden: false,
  shortPages: false,
  uncounted: false,
  countLie: 0,
  ties: false,
  changes: [],
};

interface Behaviour {
  tenant?: Partial<TenantSettings>;
  /** Waited for before the first page. */
  gate?: Promise<void>;
  isKeyWrong?: boolean;
  /** Grants are put out and asked for by type, and each role has a second entitlement by template. */
  isByType?: boolean;
  clock?: Clock;
}

function servicesOf({ tenant: changed, gate, isKeyWrong, isByType = false, clock = systemClock }: Behaviour = {}) {
  const tenants: Tenant[] = [];
  const definition: ConnectorDefinition<{}> = {
    name: 'baton-test',
    id: 'test',
    displayName: 'Test',
    description: 'A test',
    version: '1.2.3',
    helpUrl: 'https://example.com/help',
    config: defineConfig({}),
    resourceTypes: [
      create(ResourceTypeSchema, { id: 'user', displayName: 'User', traits: [ResourceType_Trait.USER] }),
      create(ResourceTypeSchema, {
        id: 'role',
        displayName: 'Role',
        traits: [ResourceType_Trait.ROLE],
        annotations: isByType ? [packAny(TypeScopedGrantsSchema, create(TypeScopedGrantsSchema))] : [],
      }),
    ],
    ...(isByType ? { staticEntitlements: { role: [create(EntitlementSchema, { slug: 'owner' })] } } : {}),
    open: () => ({
      validate: async () => {
        if (isKeyWrong === true) throw fail('T-REFUSED', {}, { field: 'api-key' });
      },
      plans: async () => {
        const tenant = new Tenant(
          { ...settings, ...changed },
          clock instanceof VirtualClock ? clock : new VirtualClock(),
        );
        tenants.push(tenant);
        await gate;
        return [planOf(tenant, { form: 'embedded', pageSize: 500, grantsByType: isByType })];
      },
      present: {
        resource: (resourceType, record) =>
          create(ResourceSchema, {
            id: { resourceType, resource: (record as { id: string }).id },
            displayName: resourceType,
          }),
        entitlement: (record) => {
          const { id } = record as { id: string };
          return create(EntitlementSchema, {
            id: entitlementId('role', id, 'assigned'),
            slug: 'assigned',
            resource: { id: { resourceType: 'role', resource: id } },
          });
        },
        grant: (record) => {
          const { role, user } = record as { role: string; user: string };
          const entitlement = entitlementId('role', role, 'assigned');
          return create(GrantSchema, {
            id: grantId(entitlement, 'user', user),
            entitlement: { id: entitlement },
            principal: { id: { resourceType: 'user', resource: user } },
          });
        },
      },
      [Symbol.asyncDispose]: async () => {},
    }),
  };
  const services = createConnectorService(definition, {}, { clock, random: seededRandom(1), spoolDir: directory });
  return { services, tenants };
}

/** Over the generated clients of the wire: everything is serialised. */
function connectOverWire({
  connector,
  resourceTypes,
  resources,
  resourceGetter,
  entitlements,
  grants,
}: ConnectorServices): ConnectorClient {
  const transport = createRouterTransport(({ service }) => {
    service(ConnectorService, connector);
    service(ResourceTypesService, resourceTypes);
    service(ResourcesService, resources);
    service(ResourceGetterService, resourceGetter);
    service(EntitlementsService, entitlements);
    service(GrantsService, grants);
  });
  return {
    connector: createClient(ConnectorService, transport),
    resourceTypes: createClient(ResourceTypesService, transport),
    resources: createClient(ResourcesService, transport),
    resourceGetter: createClient(ResourceGetterService, transport),
    entitlements: createClient(EntitlementsService, transport),
    grants: createClient(GrantsService, transport),
  };
}

interface Page<T> {
  list: T[];
  nextPageToken: string;
  annotations: Any[];
}

async function all<T>(
  call: (pageToken: string) => Promise<Page<T>>,
): Promise<{ rows: T[]; last: Page<T>; tokens: string[] }> {
  const rows: T[] = [];
  const tokens: string[] = [];
  for (let token = ''; ;) {
    const page = await call(token);
    rows.push(...page.list);
    token = page.nextPageToken;
    if (token === '') return { rows, last: page, tokens };
    tokens.push(token);
  }
}

function evidenceOf(annotations: readonly Any[]): Evidence | undefined {
  const struct = findAny(annotations, StructSchema);
  return struct === undefined ? undefined : evidenceFromStruct(toJson(StructSchema, struct) as JsonObject);
}

async function readAll(client: ConnectorClient, activeSyncId: string) {
  const users = await all<Resource>((pageToken) =>
    client.resources.listResources({ resourceTypeId: 'user', pageToken, activeSyncId }),
  );
  const roles = await all<Resource>((pageToken) =>
    client.resources.listResources({ resourceTypeId: 'role', pageToken, activeSyncId }),
  );
  const pairs: string[] = [];
  for (const { id } of roles.rows) {
    if (id === undefined) continue;
    const entitlements = await all((pageToken) =>
      client.entitlements.listEntitlements({ resource: { id }, pageToken, activeSyncId }),
    );
    expect(entitlements.rows.map((each) => each.id)).toEqual([`role:${id.resource}:assigned`]);
    const grants = await all((pageToken) => client.grants.listGrants({ resource: { id }, pageToken, activeSyncId }));
    pairs.push(...grants.rows.map((grant) => grant.id));
  }
  return { users, roles, pairs };
}

describe.each([
  ['in memory', connectInMemory],
  ['over the wire', connectOverWire],
])('a sync %s', (_, connect) => {
  test('gets every user, role and pair once, in pages, and the evidence with the last page of each list', async () => {
    const { services, tenants } = servicesOf();
    await using _services = services;
    const client = connect(services);
    expect(await client.connector.validate({})).toMatchObject({ sdkVersion: 'v0.25.0' });
    expect((await client.resourceTypes.listResourceTypes({})).list.map(({ id }) => id)).toEqual(['user', 'role']);
    const { users, roles, pairs } = await readAll(client, 'sync-1');
    const truth = tenants[0]?.at(Infinity).users ?? new Map<string, string[]>();
    expect(users.rows.map(({ id }) => id?.resource)).toEqual([...truth.keys()]);
    expect(users.tokens.filter((token) => token.startsWith('rows:')).length).toBeGreaterThan(1);
    expect(pairs.sort()).toEqual(
      [...truth].flatMap(([user, held]) => held.map((role) => `role:${role}:assigned:user:${user}`)).sort(),
    );
    expect(evidenceOf(roles.last.annotations)).toMatchObject({
      verdict: 'complete',
      lists: [{ distinct: 3 }, { distinct: 1200 }, { distinct: pairs.length }],
    });
    expect(evidenceOf(users.last.annotations)).toEqual(evidenceOf(roles.last.annotations));
    expect((await client.entitlements.listStaticEntitlements({ resourceTypeId: 'role' })).list).toEqual([]);
    await client.connector.cleanup({});
    expect(readdirSync(directory)).toEqual([]);
  });

  test('of one resource waits for the proof of all, and an absent one is an answer with the same evidence', async () => {
    const gate = Promise.withResolvers<void>();
    const { services, tenants } = servicesOf({ gate: gate.promise });
    await using _services = services;
    const { resourceGetter, grants } = connect(services);
    const get = (resourceType: string, resource: string) =>
      resourceGetter.getResource({ resourceId: { resourceType, resource }, activeSyncId: 's' });
    const role = get('role', 'r1');
    gate.resolve();
    const { resource, annotations } = await role;
    expect(resource?.id).toMatchObject({ resourceType: 'role', resource: 'r1' });
    const evidence = evidenceOf(annotations);
    expect(evidence).toMatchObject({ verdict: 'complete', lists: [{ distinct: 3 }, { distinct: 1200 }, {}] });
    const [last] = [...(tenants[0]?.at(Infinity).users.keys() ?? [])].slice(-1);
    expect((await get('user', last ?? '')).resource?.id?.resource).toBe(last);
    const error = await get('role', 'gone').catch((thrown: unknown) => thrown);
    expect((error as ConnectError).code).toBe(5);
    const details = (error as ConnectError).findDetails(StructSchema).map((one) => toJson(StructSchema, one));
    expect(details.map((one) => reportFromDetail(one as JsonObject)?.code)).toContain('BK-RESOURCE');
    expect(details.map((one) => evidenceFromStruct(one as JsonObject))).toContainEqual(evidence);
    expect(tenants).toHaveLength(1);
    expect((await grants.listGrants({ resource: { id: resource?.id ?? {} }, activeSyncId: 's' })).list).not.toEqual([]);
  });

  test('whose proof fails gets that error from every call, with its report, and no row', async () => {
    const { services } = servicesOf({ tenant: { countLie: 1 } });
    await using _services = services;
    const client = connect(services);
    for (const resourceTypeId of ['user', 'role', 'user', undefined]) {
      const call =
        resourceTypeId === undefined
          ? client.resourceGetter.getResource({
              resourceId: { resourceType: 'role', resource: 'r1' },
              activeSyncId: 's',
            })
          : client.resources.listResources({ resourceTypeId, activeSyncId: 's' });
      const error = await call.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConnectError);
      const details = (error as ConnectError).findDetails(StructSchema);
      expect(details.map((detail) => reportFromDetail(toJson(StructSchema, detail) as JsonObject))).toMatchObject([
        { code: 'BK-READ-COUNT', status: 15 },
      ]);
      expect((error as ConnectError).code).toBe(15);
    }
    expect(readdirSync(directory)).toEqual([]);
  });

  test('with a wrong key hears of it at Validate, with the field', async () => {
    const { services } = servicesOf({ isKeyWrong: true });
    await using _services = services;
    const error = await connect(services)
      .connector.validate({})
      .catch((thrown: unknown) => thrown);
    const [detail] = (error as ConnectError).findDetails(StructSchema);
    expect(detail && reportFromDetail(toJson(StructSchema, detail) as JsonObject)).toMatchObject({
      code: 'T-REFUSED',
      status: 3,
      field: 'api-key',
    });
  });
});

test('grants of a whole type come at once, and by resource not at all; templates are entitlements of all', async () => {
  const { services, tenants } = servicesOf({ isByType: true });
  await using _services = services;
  const { grants, entitlements } = connectInMemory(services);
  const id = { resourceType: 'role', resource: 'role' };
  const annotations = [packAny(TypeScopedGrantsSchema, create(TypeScopedGrantsSchema))];
  const { rows } = await all((pageToken) => grants.listGrants({ resource: { id }, pageToken, annotations }));
  const truth = [...(tenants[0]?.at(Infinity).users ?? [])];
  expect(rows.map((grant) => grant.id).sort()).toEqual(
    truth.flatMap(([user, held]) => held.map((role) => `role:${role}:assigned:user:${user}`)).sort(),
  );
  await expect(grants.listGrants({ resource: { id: { ...id, resource: 'r0' } } })).rejects.toMatchObject({ code: 3 });
  await expect(entitlements.listEntitlements({ resource: { id } })).rejects.toMatchObject({ code: 5 });
  const { list } = await entitlements.listStaticEntitlements({ resourceTypeId: 'role' });
  expect(list.map(({ slug }) => slug)).toEqual(['owner']);
});

describe('page tokens', () => {
  test('while the reading goes on, calls get no rows and a fresh token each; then all rows', async () => {
    const gate = Promise.withResolvers<void>();
    // The clock does not wait, so each call comes back at once.
    const { services } = servicesOf({ gate: gate.promise, clock: new VirtualClock() });
    await using _services = services;
    const client = connectInMemory(services);
    const tokens = new Set<string>();
    let token = '';
    for (let n = 1; n <= 20; n++) {
      const page = await client.resources.listResources({
        resourceTypeId: 'user',
        pageToken: token,
        activeSyncId: 's',
      });
      expect(page.list).toEqual([]);
      expect(page.annotations).toEqual([]);
      token = page.nextPageToken;
      tokens.add(token);
    }
    expect(tokens.size).toBe(20);
    gate.resolve();
    let rows = 0;
    while (token !== '') {
      const page = await client.resources.listResources({
        resourceTypeId: 'user',
        pageToken: token,
        activeSyncId: 's',
      });
      rows += page.list.length;
      expect(page.nextPageToken).not.toBe(token);
      token = page.nextPageToken;
    }
    expect(rows).toBe(1200);
  });

  test('of another sync, of no reading, or of no form are refused', async () => {
    const { services } = servicesOf();
    await using _services = services;
    const { resources } = connectInMemory(services);
    const list = (pageToken: string, activeSyncId: string) =>
      resources.listResources({ resourceTypeId: 'user', pageToken, activeSyncId });
    await expect(list('rows:1', 'a')).rejects.toMatchObject({ code: 3 });
    await expect(list('elsewhere', 'a')).rejects.toMatchObject({ code: 3 });
    await list('', 'a');
    await expect(list('rows:99', 'a')).rejects.toMatchObject({ code: 3 });
    await list('', 'b');
    await expect(list('rows:1', 'a')).rejects.toMatchObject({ code: 9 });
  });

  test('types and resources that are not there are an error, not an empty list', async () => {
    const { services } = servicesOf();
    await using _services = services;
    const { resources, grants, entitlements } = connectInMemory(services);
    await expect(resources.listResources({ resourceTypeId: 'team' })).rejects.toMatchObject({ code: 5 });
    await expect(entitlements.listStaticEntitlements({ resourceTypeId: 'team' })).rejects.toMatchObject({ code: 5 });
    // One that cannot be is refused by the limits of the request, as over the wire; one that is not there, by us.
    for (const [resource, code] of [
      ['r99', 5],
      ['', 3],
    ] as const) {
      const asked = grants.listGrants({ resource: { id: { resourceType: 'role', resource } } });
      await expect(asked).rejects.toMatchObject({ code });
    }
    // A user is there and has nothing to give.
    expect(await grants.listGrants({ resource: { id: { resourceType: 'user', resource: 'u0' } } })).toMatchObject({
      list: [],
      nextPageToken: '',
    });
  });
});

describe('a connector that lives for several syncs', () => {
  test('reads anew for each, and never twice for one', async () => {
    const { services, tenants } = servicesOf();
    await using _services = services;
    const client = connectInMemory(services);
    await readAll(client, 'one');
    await readAll(client, 'one');
    expect(tenants).toHaveLength(1);
    await readAll(client, 'two');
    expect(tenants).toHaveLength(2);
    // Rows of both readings would stand in one file.
    const refused = { rawMessage: expect.stringContaining('BK-SYNC-OLD') as string };
    await expect(readAll(client, 'one')).rejects.toMatchObject(refused);
    await client.connector.cleanup({});
    await expect(readAll(client, 'two')).rejects.toMatchObject(refused);
    await readAll(client, 'three');
    expect(tenants).toHaveLength(3);
    expect(readdirSync(directory)).toHaveLength(1);
  });

  test('ends its reading and removes its rows when it is closed', async () => {
    const gate = Promise.withResolvers<void>();
    const { services } = servicesOf({ gate: gate.promise });
    const call = connectInMemory(services).resources.listResources({ resourceTypeId: 'user' });
    const closed = services[Symbol.asyncDispose]();
    gate.resolve();
    await closed;
    await call.catch(() => {});
    expect(readdirSync(directory)).toEqual([]);
  });
});
