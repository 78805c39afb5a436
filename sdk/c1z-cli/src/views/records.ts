import { create } from '@bufbuild/protobuf';
import { EntitlementSchema, GrantSchema, ResourceSchema, ResourceTypeSchema } from '@batonkit/protocol';
import type { Entitlement, Grant, Resource } from '@batonkit/protocol';
import { messageJson } from '../output/message-json.ts';
import { idOf } from './names.ts';
import type { Id, Names } from './names.ts';

// Rows as the genuine program prints them: messages of baton.v1 in protobuf JSON, what a row refers to beside it.

export function resourceTypeRecord(names: Names, id: string): object {
  const type = names.type(id) ?? create(ResourceTypeSchema, { id, displayName: names.typeName(id) });
  return messageJson(ResourceTypeSchema, type) as object;
}

/** What stands for a resource that the file does not have says so in its name. */
export function resourceRecord(names: Names, id: Id, found: Resource | undefined): object {
  const shown = found ?? create(ResourceSchema, { id, displayName: names.resourceName(id, found) });
  return messageJson(ResourceSchema, shown) as object;
}

export function entitlementRecord(names: Names, id: string, found: Entitlement | undefined): object {
  const shown = found ?? create(EntitlementSchema, { id, displayName: names.entitlementName(id, found) });
  return messageJson(EntitlementSchema, shown) as object;
}

export function grantRecord(grant: Grant): object {
  return messageJson(GrantSchema, grant) as object;
}

/** `baton.v1.ResourceOutput`. */
export function resourceOutput(names: Names, id: Id, found: Resource | undefined): object {
  const parent = found?.parentResourceId;
  return {
    resource: resourceRecord(names, id, found),
    resourceType: resourceTypeRecord(names, id.resourceType),
    ...(parent === undefined
      ? {}
      : { parent: resourceRecord(names, idOf(parent), names.sharedResource(idOf(parent))) }),
  };
}
