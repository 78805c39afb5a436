import { create } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import { fromJson } from '@bufbuild/protobuf';
import type { Entitlement, Evidence, Grant, Resource, ResourceType } from '@batonkit/protocol';
import {
  ConnectorService,
  EntitlementSchema,
  EntitlementsService,
  evidenceToStruct,
  GrantSchema,
  GrantsService,
  packAny,
  ResourceGetterService,
  ResourceSchema,
  ResourcesService,
  ResourceType_Trait,
  ResourceTypeSchema,
  ResourceTypesService,
  RoleTraitSchema,
  SkipEntitlementsAndGrantsSchema,
  TypeScopedGrantsSchema,
  UserTraitSchema,
} from '@batonkit/protocol';
import { Code, ConnectError, createRouterTransport } from '@connectrpc/connect';
import type { ConnectorClient } from '../src/connector-client.ts';
import { clientOver } from './client-over.ts';

export interface Tenant {
  users: string[];
  roles: string[];
  /** Pairs of positions in `roles` and `users`. */
  holds: [role: number, user: number][];
}

/** Of a role, of two, and of none. */
export const small: Tenant = {
  users: ['u1', 'u2', 'u3', 'u4', 'u5'],
  roles: ['r1', 'r2', 'r3'],
  holds: [
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 2],
  ],
};

/** Ada is admin, and everybody a viewer. */
export const viewers: Tenant = {
  users: ['ada', 'bob', 'cy'],
  roles: ['admin', 'viewer'],
  holds: [
    [0, 0],
    [1, 0],
    [1, 1],
    [1, 2],
  ],
};

export interface Page<T> {
  list: T[];
  nextPageToken: string;
  annotations: Any[];
}

/** May change or throw away an answer before it is sent; `nth` counts all calls of the sync from 0. */
export type Tamper = (call: string, nth: number, page: Page<unknown>) => void;

export interface FakeOptions {
  /** Rows a page. */
  pageSize: number;
  /** Empty answers before the first rows, as of a connector that is still reading. */
  readingAnswers: number;
  typeScopedGrants: boolean;
  tamper?: Tamper;
  evidence?: (evidence: Evidence) => unknown;
}

const id = (resourceType: string, resource: string) => ({ resourceType, resource });

export const user = (name: string): Resource =>
  create(ResourceSchema, {
    id: id('user', name),
    displayName: name,
    annotations: [packAny(UserTraitSchema, create(UserTraitSchema))],
  });
export const role = (name: string): Resource =>
  create(ResourceSchema, {
    id: id('role', name),
    displayName: name,
    annotations: [packAny(RoleTraitSchema, create(RoleTraitSchema))],
  });
export const entitlement = (name: string): Entitlement =>
  create(EntitlementSchema, {
    id: `role:${name}:assigned`,
    resource: { id: id('role', name) },
    slug: 'assigned',
    displayName: name,
  });
export const grant = (roleName: string, userName: string): Grant =>
  create(GrantSchema, {
    id: `role:${roleName}:assigned:user:${userName}`,
    entitlement: { id: `role:${roleName}:assigned`, resource: { id: id('role', roleName) } },
    principal: { id: id('user', userName) },
  });

/** A connector with two types, written against the protocol alone; answers travel through the real serialisation. */
export function fakeConnector(
  tenant: Tenant,
  options: FakeOptions,
): { client: ConnectorClient; calls: () => string[] } {
  const calls: string[] = [];
  const answered = <T>(call: string, page: Page<T>): Page<T> => {
    calls.push(call);
    options.tamper?.(call, calls.length - 1, page);
    return page;
  };
  const cut = <T>(rows: T[], token: string): Page<T> => {
    const read = /^read:(\d+)$/.exec(token);
    const waited = read === null ? 0 : Number(read[1]);
    if (!token.startsWith('rows:') && waited < options.readingAnswers) {
      return { list: [], nextPageToken: `read:${waited + 1}`, annotations: [] };
    }
    const from = token.startsWith('rows:') ? Number(token.slice(5)) : 0;
    const to = from + options.pageSize;
    return { list: rows.slice(from, to), nextPageToken: to < rows.length ? `rows:${to}` : '', annotations: [] };
  };
  const types: ResourceType[] = [
    create(ResourceTypeSchema, {
      id: 'user',
      displayName: 'User',
      traits: [ResourceType_Trait.USER],
      annotations: [packAny(SkipEntitlementsAndGrantsSchema, create(SkipEntitlementsAndGrantsSchema))],
    }),
    create(ResourceTypeSchema, {
      id: 'role',
      displayName: 'Role',
      traits: [ResourceType_Trait.ROLE],
      annotations: options.typeScopedGrants ? [packAny(TypeScopedGrantsSchema, create(TypeScopedGrantsSchema))] : [],
    }),
  ];
  const rows = { user: tenant.users.map(user), role: tenant.roles.map(role) };
  const grants = tenant.holds.map(([r, u]) => grant(tenant.roles[r] ?? '', tenant.users[u] ?? ''));
  const evidence = evidenceOf(tenant);
  const sent = fromJson(StructSchema, (options.evidence?.(evidence) ?? evidenceToStruct(evidence)) as JsonObject);

  const transport = createRouterTransport(({ service }) => {
    service(ConnectorService, {
      validate: () => {
        answered('Validate', { list: [], nextPageToken: '', annotations: [] });
        return { sdkVersion: 'v0.25.0' };
      },
      cleanup: () => {
        answered('Cleanup', { list: [], nextPageToken: '', annotations: [] });
        return {};
      },
    });
    service(ResourceTypesService, {
      listResourceTypes: ({ pageToken }) => answered('ListResourceTypes', cut(types, pageToken)),
    });
    service(ResourcesService, {
      listResources: ({ resourceTypeId, pageToken }) => {
        const page = cut(rows[resourceTypeId as 'user' | 'role'], pageToken);
        if (page.nextPageToken === '') page.annotations.push(packAny(StructSchema, sent));
        return answered('ListResources', page);
      },
    });
    service(ResourceGetterService, {
      getResource: ({ resourceId }) => {
        const found = rows[resourceId?.resourceType as 'user' | 'role'].find(
          (one) => one.id?.resource === resourceId?.resource,
        );
        answered('GetResource', { list: [], nextPageToken: '', annotations: [] });
        if (found !== undefined) return { resource: found, annotations: [packAny(StructSchema, sent)] };
        throw new ConnectError('no such resource', Code.NotFound, undefined, [{ desc: StructSchema, value: sent }]);
      },
    });
    service(EntitlementsService, {
      listStaticEntitlements: () =>
        answered('ListStaticEntitlements', { list: [], nextPageToken: '', annotations: [] }),
      listEntitlements: ({ resource, pageToken }) =>
        answered('ListEntitlements', cut([entitlement(resource?.id?.resource ?? '')], pageToken)),
    });
    service(GrantsService, {
      listGrants: ({ resource, annotations, pageToken }) => {
        const wholeType = annotations.some(({ typeUrl }) => typeUrl.endsWith('TypeScopedGrants'));
        const asked = resource?.id?.resource;
        const found = wholeType ? grants : grants.filter((one) => one.entitlement?.resource?.id?.resource === asked);
        return answered('ListGrants', cut(found, pageToken));
      },
    });
  });
  return {
    client: clientOver(transport),
    calls: () => [...calls],
  };
}

export function evidenceOf({ users, roles, holds }: Tenant): Evidence {
  const list = (name: string, distinct: number) => ({
    name,
    path: `/${name}`,
    count: distinct,
    distinct,
    pages: 2,
    passes: 2,
    retries: 0,
    vanished: 0,
    serverScoped: 0,
    pageSize: 100,
    digest: '0'.repeat(64),
  });
  return {
    moment: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T00:00:01.000Z' },
    verdict: 'complete',
    scope: 'full',
    origin: 'https://tenant.example',
    plan: 'embedded',
    roleId: 'id',
    owner: { id: users[0] ?? '', roles: [] },
    lists: [list('roles', roles.length), list('users', users.length), list('assignments', holds.length)],
    notes: {},
  };
}

/** A Struct message of a JSON object. */
export const structOf = (json: unknown) => fromJson(StructSchema, json as JsonObject);
