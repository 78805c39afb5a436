import { create } from '@bufbuild/protobuf';
import type { DescMessage } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import type { Entitlement, Grant, Resource, ResourceType } from '@batonkit/protocol';
import {
  ChildResourceTypeSchema,
  ConnectorService,
  EnqueuePageTokensSchema,
  EntitlementExclusionGroupSchema,
  EntitlementSchema,
  EntitlementsService,
  GrantSchema,
  GrantsService,
  packAny,
  ResourceGetterService,
  ResourceSchema,
  ResourcesService,
  ResourceType_Trait,
  ResourceTypeSchema,
  ResourceTypesService,
  SkipEntitlementsAndGrantsSchema,
  TypeScopedEntitlementsSchema,
  TypeScopedGrantsSchema,
  UserTraitSchema,
} from '@batonkit/protocol';
import { createRouterTransport } from '@connectrpc/connect';
import type { ConnectorClient } from '../src/connector-client.ts';
import { clientOver } from './client-over.ts';

/** Organisations with projects below them, which may have folders below them; users who are members. */
export interface RichTenant {
  /** Projects of each organisation. */
  orgs: readonly number[];
  /** Each project has a folder below it. */
  nested: boolean;
  users: number;
  /** Slugs of the entitlements that every organisation and project has by template. */
  templates: readonly string[];
  typeScoped: 'none' | 'grants' | 'both';
  /** Further page tokens that the first page of a list of users hands out. */
  siblings: number;
  pageSize: number;
}

export interface RichOptions {
  /** Runs each answer; `call` is its name and what it is about. */
  around?: <T>(answer: () => T, call: string) => T | Promise<T>;
  /** Further entitlements of each organisation that is asked, all in one group. */
  groups?: readonly { isDefault?: boolean; scopeToResource?: boolean }[];
  fault?: { repeat?: boolean; badSibling?: string; childType?: string };
}

const any = (schema: DescMessage): Any => packAny(schema, create(schema));
const idOf = (resourceType: string, resource: string) => ({ resourceType, resource });
const has = (annotations: readonly Any[], name: string): boolean =>
  annotations.some(({ typeUrl }) => typeUrl.endsWith(name));

/** A connector of somebody else, written against the protocol alone. It proves nothing. */
export function richConnector(
  tenant: RichTenant,
  options: RichOptions = {},
): { client: ConnectorClient; calls: () => string[] } {
  const { around = (answer) => answer(), fault = {}, groups = [] } = options;
  const calls: string[] = [];
  const users = Array.from({ length: tenant.users }, (_, index) => userOf(index));
  const orgs = tenant.orgs.map((_, index) => orgOf(index, tenant.orgs.length, fault.childType ?? 'project'));
  const projects = (org: string) =>
    Array.from({ length: tenant.orgs[Number(org.slice(1))] ?? 0 }, (_, index) => projectOf(org, index, tenant.nested));
  const answered = async <T>(call: string, answer: () => T): Promise<T> => {
    calls.push(call);
    return await around(answer, call);
  };
  /** Tokens: `<from>` or `<from>-<to>`. */
  const cut = <T>(rows: readonly T[], token: string, siblings = 0) => {
    const [from = 0, to = rows.length] = token === '' ? [] : token.split('-').map(Number);
    if (fault.repeat === true && rows.length > 0) {
      return { list: rows.slice(0, tenant.pageSize), nextPageToken: `${Number(token || '0') + 1}`, annotations: [] };
    }
    const annotations: Any[] = [];
    let end = to;
    if (token === '' && siblings > 0 && rows.length > siblings) {
      // The first chain reads the beginning; each sibling a part of the rest.
      end = rows.length - siblings;
      const pageTokens = Array.from({ length: siblings }, (_, index) => `${end + index}-${end + index + 1}`);
      annotations.push(packAny(EnqueuePageTokensSchema, create(EnqueuePageTokensSchema, { pageTokens })));
    }
    const next = Math.min(from + tenant.pageSize, end);
    return { list: rows.slice(from, next), nextPageToken: next < end ? `${next}-${end}` : '', annotations };
  };

  const transport = createRouterTransport(({ service }) => {
    service(ConnectorService, { validate: () => ({ sdkVersion: 'v0.4.2' }), cleanup: () => ({}) });
    service(ResourceTypesService, {
      listResourceTypes: ({ pageToken }) => answered('ListResourceTypes ', () => cut(typesOf(tenant), pageToken)),
    });
    service(ResourcesService, {
      listResources: ({ resourceTypeId, parentResourceId: parent, pageToken }) =>
        answered(`ListResources ${resourceTypeId} ${parent?.resource ?? ''}`, () => {
          if (resourceTypeId === 'user') {
            const page = cut(users, pageToken, tenant.siblings);
            if (fault.badSibling !== undefined && pageToken === '') {
              const pageTokens = [fault.badSibling, fault.badSibling];
              page.annotations.push(packAny(EnqueuePageTokensSchema, create(EnqueuePageTokensSchema, { pageTokens })));
            }
            return page;
          }
          if (resourceTypeId === 'org') return cut(orgs, pageToken);
          if (parent === undefined) return cut<Resource>([], pageToken);
          if (resourceTypeId === 'project') return cut(projects(parent.resource), pageToken);
          return cut([folderOf(parent.resource)], pageToken);
        }),
    });
    service(ResourceGetterService, {
      getResource: ({ resourceId }) =>
        answered(`GetResource ${resourceId?.resourceType}:${resourceId?.resource}`, () => {
          const found = [...orgs, ...users].find(
            ({ id }) => id?.resourceType === resourceId?.resourceType && id?.resource === resourceId?.resource,
          );
          return found === undefined ? {} : { resource: found };
        }),
    });
    service(EntitlementsService, {
      listStaticEntitlements: ({ resourceTypeId, pageToken }) =>
        answered(`ListStaticEntitlements ${resourceTypeId}`, () =>
          cut(
            resourceTypeId === 'org' || resourceTypeId === 'project' ? tenant.templates.map(templateOf) : [],
            pageToken,
          ),
        ),
      listEntitlements: ({ resource, pageToken, annotations }) =>
        answered(`ListEntitlements ${resource?.id?.resourceType}:${resource?.id?.resource}`, () => {
          if (resource?.id?.resourceType !== 'org') return cut<Entitlement>([], pageToken);
          const wholeType = has(annotations, 'TypeScopedEntitlements');
          return cut(
            (wholeType ? visited(orgs) : [resource]).flatMap((org) => [
              ownEntitlement(org),
              ...groups.map((group, index) => groupedEntitlement(org, index, group)),
            ]),
            pageToken,
          );
        }),
    });
    service(GrantsService, {
      listGrants: ({ resource, pageToken, annotations }) =>
        answered(`ListGrants ${resource?.id?.resourceType}:${resource?.id?.resource} ${pageToken}`, () => {
          if (resource?.id?.resourceType !== 'org') return cut<Grant>([], pageToken);
          const wholeType = has(annotations, 'TypeScopedGrants');
          const asked = wholeType ? visited(orgs) : [resource];
          return cut(
            asked.flatMap((org) => users.map((user) => grantOf(org, user))),
            pageToken,
            tenant.siblings,
          );
        }),
    });
  });
  return {
    client: clientOver(transport),
    calls: () => [...calls],
  };
}

/** What a file of it must hold. */
export function expected({ orgs, nested, users, templates }: RichTenant) {
  const projects = orgs.flatMap((count, org) => Array.from({ length: count }, (_unused, index) => `o${org}-p${index}`));
  const slugName = (slug: string): string => (slug === 'member' ? 'Member of it' : '');
  const byTemplate = (type: string, id: string, name: string) =>
    templates.map((slug) => `${type}:${id}:${slug} ${slugName(slug) || name} ${name}`);
  const asked = orgs.slice(0, -1).map((_unused, index) => `o${index}`);
  return {
    types: ['folder', 'org', 'project', 'user'],
    resources: [
      ...orgs.map((_unused, index) => `org:o${index}`),
      ...projects.map((id) => `project:${id}`),
      ...(nested ? projects.map((id) => `folder:${id}-f`) : []),
      ...Array.from({ length: users }, (_unused, index) => `user:u${index}`),
    ].toSorted(),
    entitlements: [
      ...orgs.flatMap((_unused, index) => byTemplate('org', `o${index}`, `Organisation ${index}`)),
      ...projects.flatMap((id) => byTemplate('project', id, `Project ${id}`)),
      ...asked.map((id) => `org:${id}:own Own Organisation ${id.slice(1)}`),
    ].toSorted(),
    grants: asked
      .flatMap((id) => Array.from({ length: users }, (_unused, index) => `org:${id}:own:user:u${index}`))
      .toSorted(),
  };
}

function typesOf({ typeScoped }: RichTenant): ResourceType[] {
  const scoped = [
    ...(typeScoped === 'both' ? [any(TypeScopedEntitlementsSchema)] : []),
    ...(typeScoped === 'none' ? [] : [any(TypeScopedGrantsSchema)]),
  ];
  return [
    create(ResourceTypeSchema, { id: 'org', displayName: 'Organisation', annotations: scoped }),
    create(ResourceTypeSchema, { id: 'project', displayName: 'Project' }),
    create(ResourceTypeSchema, { id: 'folder', displayName: 'Folder' }),
    create(ResourceTypeSchema, {
      id: 'user',
      displayName: 'User',
      traits: [ResourceType_Trait.USER],
      annotations: [any(SkipEntitlementsAndGrantsSchema)],
    }),
  ];
}

/** All but the last organisation want to be asked. */
const visited = (orgs: readonly Resource[]): Resource[] => orgs.slice(0, -1);

function orgOf(index: number, count: number, childType: string): Resource {
  return create(ResourceSchema, {
    id: idOf('org', `o${index}`),
    displayName: `Organisation ${index}`,
    annotations: [
      packAny(ChildResourceTypeSchema, create(ChildResourceTypeSchema, { resourceTypeId: childType })),
      ...(index === count - 1 ? [any(SkipEntitlementsAndGrantsSchema)] : []),
    ],
  });
}

function projectOf(org: string, index: number, nested: boolean): Resource {
  return create(ResourceSchema, {
    id: idOf('project', `${org}-p${index}`),
    displayName: `Project ${org}-p${index}`,
    parentResourceId: idOf('org', org),
    annotations: nested
      ? [packAny(ChildResourceTypeSchema, create(ChildResourceTypeSchema, { resourceTypeId: 'folder' }))]
      : [],
  });
}

const folderOf = (project: string): Resource =>
  create(ResourceSchema, {
    id: idOf('folder', `${project}-f`),
    displayName: 'Folder',
    parentResourceId: idOf('project', project),
  });

const userOf = (index: number): Resource =>
  create(ResourceSchema, {
    id: idOf('user', `u${index}`),
    displayName: `User ${index}`,
    annotations: [any(UserTraitSchema)],
  });

const templateOf = (slug: string): Entitlement =>
  create(EntitlementSchema, { slug, displayName: slug === 'member' ? 'Member of it' : '' });

const ownEntitlement = (org: Resource): Entitlement =>
  create(EntitlementSchema, {
    id: `org:${org.id?.resource}:own`,
    displayName: 'Own',
    slug: 'own',
    resource: org,
  });

const groupedEntitlement = (org: Resource, index: number, group: object): Entitlement =>
  create(EntitlementSchema, {
    ...ownEntitlement(org),
    id: `org:${org.id?.resource}:level-${index}`,
    slug: `level-${index}`,
    annotations: [
      packAny(
        EntitlementExclusionGroupSchema,
        create(EntitlementExclusionGroupSchema, { exclusionGroupId: 'levels', ...group }),
      ),
    ],
  });

const grantOf = (org: Resource, user: Resource): Grant =>
  create(GrantSchema, {
    id: `org:${org.id?.resource}:own:user:${user.id?.resource}`,
    entitlement: ownEntitlement(org),
    principal: { id: idOf('user', user.id?.resource ?? '') },
  });
