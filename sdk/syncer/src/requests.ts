import type { Entitlement, EvidenceScope, Resource } from '@batonkit/protocol';
import {
  ChildResourceTypeSchema,
  entitlementId,
  EntitlementSchema,
  filterAny,
  isAny,
  ResourcesServiceListResourcesRequestSchema,
  TypeScopedEntitlementsSchema,
  TypeScopedGrantsSchema,
} from '@batonkit/protocol';
import type { MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import { anyPack } from '@bufbuild/protobuf/wkt';
import type { Action } from './checkpoint.ts';
import { fail } from './errors.ts';
import { wantsType } from './sync-scope.ts';
import type { SyncState } from './sync-state.ts';

/** One resource by itself. */
export function resourceRequest(action: Action, activeSyncId: string) {
  const {
    resourceTypeId = '',
    resourceId = '',
    parentResourceTypeId: resourceType,
    parentResourceId: resource,
  } = action;
  const hasParent = resourceType !== undefined && resource !== undefined;
  return {
    resourceId: { resourceType: resourceTypeId, resource: resourceId },
    activeSyncId,
    ...(hasParent ? { parentResourceId: { resourceType, resource } } : {}),
  };
}

type ResourcesRequest = typeof ResourcesServiceListResourcesRequestSchema;

export function resourcesRequest(action: Action, activeSyncId: string): MessageInitShape<ResourcesRequest> {
  const { resourceTypeId = '', pageToken, parentResourceTypeId: resourceType, parentResourceId: resource } = action;
  const hasParent = resourceType !== undefined && resource !== undefined;
  return {
    resourceTypeId,
    pageToken,
    activeSyncId,
    ...(hasParent ? { parentResourceId: { resourceType, resource } } : {}),
  };
}

/** The lists below a resource, of types that are asked for, each once. @throws BatonError `BK-SYNC-ROW` */
export function childLists(
  call: string,
  parent: Resource,
  state: SyncState,
  scope: EvidenceScope,
): MessageShape<ResourcesRequest>[] {
  // As most are.
  if (!parent.annotations.some((any) => isAny(any, ChildResourceTypeSchema))) return [];
  const types = new Set(filterAny(parent.annotations, ChildResourceTypeSchema).map((child) => child.resourceTypeId));
  const wanted = [...types].filter((type) => wantsType(scope, type));
  return wanted.map((resourceTypeId) => {
    if (state.type(resourceTypeId) === undefined) {
      throw fail('BK-SYNC-ROW', { call, fault: 'a resource with children of a type that it does not list' });
    }
    const { id } = parent;
    const parentResourceId = id === undefined ? {} : { parentResourceId: id };
    return create(ResourcesServiceListResourcesRequestSchema, { resourceTypeId, ...parentResourceId });
  });
}

/** Of entitlements or grants: about one resource, or about a whole type, which is named twice (protocol: messages 2). */
export function subjectRequest(
  action: Action,
  resource: Resource | undefined,
  activeSyncId: string,
): {
  resource: Resource | { id: { resourceType: string; resource: string } };
  pageToken: string;
  activeSyncId: string;
  annotations: Any[];
} {
  const { operation, pageToken, resourceTypeId: resourceType = '', resourceId = resourceType } = action;
  const marker =
    operation === 'list-entitlements'
      ? anyPack(TypeScopedEntitlementsSchema, create(TypeScopedEntitlementsSchema))
      : anyPack(TypeScopedGrantsSchema, create(TypeScopedGrantsSchema));
  return {
    resource: resource ?? { id: { resourceType, resource: resourceId } },
    pageToken,
    activeSyncId,
    annotations: action.typeScoped ? [marker] : [],
  };
}

/** What a template says, of one resource. */
export function entitlementOf(template: Entitlement, resource: Resource): Entitlement {
  const { resourceType = '', resource: id = '' } = resource.id ?? {};
  return create(EntitlementSchema, {
    ...template,
    id: entitlementId(resourceType, id, template.slug),
    resource,
    displayName: template.displayName || resource.displayName,
    description: template.description || resource.description,
  });
}
