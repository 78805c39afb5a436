import type { Entitlement, Grant, Resource, ResourceId } from '@batonkit/protocol';
import type { BlobList } from './blob-list.ts';

// Grants are most of the rows, and encoding them with the generated code was a sixth of a sync. Nearly all have one
// plain form: ids alone, and annotations. Its bytes are written here, the same as the generated code's (tested); any
// other grant is left to that.

/** Appends a grant of the plain form; false: it has another, and nothing was appended. */
export function appendGrant(list: BlobList, grant: Grant): boolean {
  const { entitlement, principal, annotations } = grant;
  if (grant.sources !== undefined || grant.$unknown !== undefined) return false;
  if (entitlement === undefined || !isPlainEntitlement(entitlement)) return false;
  if (principal === undefined || !isPlainResource(principal)) return false;
  for (const any of annotations) if (any.$unknown !== undefined) return false;
  const { resource } = entitlement;

  list.begin();
  const outer = list.open(1);
  if (resource !== undefined) appendResource(list, 1, resource);
  list.text(2, entitlement.id);
  list.close(outer);
  appendResource(list, 2, principal);
  list.text(3, grant.id);
  for (const { typeUrl, value } of annotations) {
    const at = list.open(4);
    list.text(1, typeUrl);
    list.bytes(2, value);
    list.close(at);
  }
  list.end();
  return true;
}

function appendResource(list: BlobList, field: number, { id }: Resource): void {
  const outer = list.open(field);
  if (id !== undefined) {
    const inner = list.open(1);
    list.text(1, id.resourceType);
    list.text(2, id.resource);
    list.close(inner);
  }
  list.close(outer);
}

function isPlainEntitlement(entitlement: Entitlement): boolean {
  return (
    entitlement.$unknown === undefined &&
    entitlement.displayName === '' &&
    entitlement.description === '' &&
    entitlement.slug === '' &&
    entitlement.purpose === 0 &&
    entitlement.grantableTo.length === 0 &&
    entitlement.annotations.length === 0 &&
    (entitlement.resource === undefined || isPlainResource(entitlement.resource))
  );
}

function isPlainResource(resource: Resource): boolean {
  return (
    resource.$unknown === undefined &&
    resource.displayName === '' &&
    resource.description === '' &&
    !resource.batonResource &&
    resource.creationSource === 0 &&
    resource.annotations.length === 0 &&
    resource.parentResourceId === undefined &&
    resource.externalId === undefined &&
    resource.profile === undefined &&
    resource.icon === undefined &&
    resource.status === undefined &&
    resource.createdAt === undefined &&
    (resource.id === undefined || isPlainId(resource.id))
  );
}

function isPlainId(id: ResourceId): boolean {
  return id.$unknown === undefined && !id.batonResource;
}
