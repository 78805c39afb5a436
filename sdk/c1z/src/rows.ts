import { GrantExpandableSchema, isAny, resourceKey } from '@batonkit/protocol';
import type { Entitlement, Grant, Resource, ResourceId, ResourceType } from '@batonkit/protocol';
import type { Column } from './columns.ts';
import { fail } from './errors.ts';

// The columns of a row, without the message, which is stored last. Every column is taken from that message, so the two
// cannot differ.

export function resourceTypeRow(type: ResourceType): Column[] {
  return [need(type.id, 'a resource type without id')];
}

export function resourceRow(resource: Resource): Column[] {
  const [type, id] = needId(resource.id, 'a resource without id');
  const parent = resource.parentResourceId;
  const hasParent = parent !== undefined && parent.resource !== '';
  return [type, resourceKey(type, id), hasParent ? parent.resourceType : null, hasParent ? parent.resource : null];
}

export function entitlementRow(entitlement: Entitlement): Column[] {
  const [type, id] = needId(entitlement.resource?.id, 'an entitlement without resource');
  return [type, id, need(entitlement.id, 'an entitlement without id')];
}

/** @param expansion what it asks for (`splitExpandable`) */
export function grantRow(grant: Grant, expansion: Uint8Array | null = null): Column[] {
  // Left in the message, it would look like a grant that needs no expansion.
  if (grant.annotations.some((any) => isAny(any, GrantExpandableSchema)))
    throw fail('BK-C1Z-ROW', { what: 'a grant that asks for expansion inside its message' });
  const [type, id] = needId(grant.entitlement?.resource?.id, 'a grant whose entitlement names no resource');
  const [principalType, principal] = needId(grant.principal?.id, 'a grant without principal');
  return [
    type,
    id,
    need(grant.entitlement?.id, 'a grant without entitlement'),
    principalType,
    principal,
    need(grant.id, 'a grant without id'),
    expansion,
    // Also after it was expanded (protocol: c1z.md 5).
    expansion === null ? 0 : 1,
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
