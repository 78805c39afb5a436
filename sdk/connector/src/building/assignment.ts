import {
  Entitlement_PurposeValue,
  EntitlementSchema,
  entitlementId,
  GrantSchema,
  grantId,
  type Entitlement,
  type Grant,
  type Resource,
  type ResourceType,
} from '@batonkit/protocol';
import { create } from '@bufbuild/protobuf';
import type { ResourceRef } from './resource.ts';

export interface AssignmentOptions {
  displayName: string;
  description?: string;
  /** Types of those who may hold it. */
  to: readonly ResourceType[];
}

/**
 * What can be held on a resource, such as being its member. `slug` is part of the ids of the entitlement
 * and of its grants: it never changes.
 */
export function assignmentEntitlement(on: Resource, slug: string, options: AssignmentOptions): Entitlement {
  const { displayName, description = '', to } = options;
  return create(EntitlementSchema, {
    id: entitlementId(on.id?.resourceType ?? '', on.id?.resource ?? '', slug),
    slug,
    displayName,
    description,
    resource: on,
    grantableTo: [...to],
    purpose: Entitlement_PurposeValue.ASSIGNMENT,
  });
}

/** That somebody holds it. */
export function assignmentGrant(on: ResourceRef, slug: string, holder: ResourceRef): Grant {
  const id = entitlementId(...on, slug);
  const resource = ([resourceType, resource]: ResourceRef) => ({ id: { resourceType, resource } });
  return create(GrantSchema, {
    id: grantId(id, ...holder),
    entitlement: { id, resource: resource(on) },
    principal: resource(holder),
  });
}
