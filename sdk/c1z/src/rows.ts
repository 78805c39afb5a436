import { toBinary } from '@bufbuild/protobuf';
import { anyIs } from '@bufbuild/protobuf/wkt';
import {
  EntitlementSchema,
  GrantExpandableSchema,
  GrantSchema,
  resourceKey,
  ResourceSchema,
  ResourceTypeSchema,
} from '@batonkit/protocol';
import type { Entitlement, Grant, Resource, ResourceId, ResourceType } from '@batonkit/protocol';
import { fail } from './errors.ts';

// Columns of the data tables in the order of the inserts, without id, sync_id and discovered_at. Every column is taken
// from the message that is stored beside it, so the two cannot differ.

export const COLUMNS = {
  v1_resource_types: ['external_id', 'data'],
  v1_resources: ['resource_type_id', 'external_id', 'parent_resource_type_id', 'parent_resource_id', 'data'],
  v1_entitlements: ['resource_type_id', 'resource_id', 'external_id', 'data'],
  v1_grants: [
    'resource_type_id',
    'resource_id',
    'entitlement_id',
    'principal_resource_type_id',
    'principal_resource_id',
    'external_id',
    'expansion',
    'needs_expansion',
    'data',
  ],
} as const;
export type DataTable = keyof typeof COLUMNS;
export type Column = string | number | Uint8Array | null;

export function resourceTypeRow(type: ResourceType): Column[] {
  return [need(type.id, 'a resource type without id'), toBinary(ResourceTypeSchema, type)];
}

export function resourceRow(resource: Resource): Column[] {
  const [type, id] = needId(resource.id, 'a resource without id');
  const parent = resource.parentResourceId;
  const hasParent = parent !== undefined && parent.resource !== '';
  return [
    type,
    resourceKey(type, id),
    hasParent ? parent.resourceType : null,
    hasParent ? parent.resource : null,
    toBinary(ResourceSchema, resource),
  ];
}

export function entitlementRow(entitlement: Entitlement): Column[] {
  const [type, id] = needId(entitlement.resource?.id, 'an entitlement without resource');
  return [type, id, need(entitlement.id, 'an entitlement without id'), toBinary(EntitlementSchema, entitlement)];
}

export function grantRow(grant: Grant): Column[] {
  // Stored as it is, it would look like a grant that needs no expansion.
  if (grant.annotations.some((any) => anyIs(any, GrantExpandableSchema)))
    throw fail('BK-C1Z-ROW', { what: 'a grant that asks for expansion, which this release does not do' });
  const [type, id] = needId(grant.entitlement?.resource?.id, 'a grant whose entitlement names no resource');
  const [principalType, principal] = needId(grant.principal?.id, 'a grant without principal');
  return [
    type,
    id,
    need(grant.entitlement?.id, 'a grant without entitlement'),
    principalType,
    principal,
    need(grant.id, 'a grant without id'),
    null,
    0,
    toBinary(GrantSchema, grant),
  ];
}

// The genuine limit of an id (protocol: messages.md).
const ID_BYTES = 1024;

function need(id: string | undefined, what: string): string {
  if (id === undefined || id === '') throw fail('BK-C1Z-ID', { what });
  if (id.length * 3 > ID_BYTES && Buffer.byteLength(id) > ID_BYTES)
    throw fail('BK-C1Z-ID', { what: `an id of more than ${ID_BYTES} bytes` });
  return id;
}

function needId(id: ResourceId | undefined, what: string): [string, string] {
  return [need(id?.resourceType, what), need(id?.resource, what)];
}
