import { create, fromBinary } from '@bufbuild/protobuf';
import { EntitlementSchema, GrantSchema, ResourceSchema } from '@batonkit/protocol';
import type { Grant } from '@batonkit/protocol';

/** What `storedGrant` reads of a row. */
export const GRANT_COLUMNS =
  'data, resource_type_id, resource_id, entitlement_id, principal_resource_type_id, principal_resource_id';

/**
 * A grant as it is stored. Some writers leave out what the columns say already: entitlement and principal are then
 * made of those, as ids (protocol: c1z.md 2.4).
 *
 * @throws Error when the message cannot be parsed
 */
export function storedGrant(row: Record<string, unknown>): Grant {
  const grant = fromBinary(GrantSchema, row['data'] as Uint8Array);
  const resource = (type: string, id: string) =>
    create(ResourceSchema, { id: { resourceType: String(row[type]), resource: String(row[id]) } });
  grant.entitlement ??= create(EntitlementSchema, {
    id: String(row['entitlement_id']),
    resource: resource('resource_type_id', 'resource_id'),
  });
  grant.principal ??= resource('principal_resource_type_id', 'principal_resource_id');
  return grant;
}
