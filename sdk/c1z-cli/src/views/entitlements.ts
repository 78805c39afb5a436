import type { C1zReader } from '@batonkit/c1z';
import type { Filter } from '../request.ts';
import { idOf } from './names.ts';
import type { Names } from './names.ts';
import { entitlementRecord, resourceRecord, resourceTypeRecord } from './records.ts';
import { cells } from './view.ts';
import type { View } from './view.ts';

export function entitlementsView(reader: C1zReader, names: Names, { resourceType }: Filter): View {
  return {
    columns: ['ID', 'Display Name', 'Resource Type', 'Resource', 'Permission'],
    member: 'entitlements',
    *rows() {
      for (const entitlement of reader.entitlements(resourceType === undefined ? {} : { resourceType })) {
        const { id, displayName, slug } = entitlement;
        const owner = idOf(entitlement.resource?.id);
        const found = names.sharedResource(owner);
        yield {
          cells: cells(id, displayName, names.typeName(owner.resourceType), names.resourceName(owner, found), slug),
          record: () => ({
            entitlement: entitlementRecord(names, id, entitlement),
            resource: resourceRecord(names, owner, found),
            resourceType: resourceTypeRecord(names, owner.resourceType),
          }),
        };
      }
    },
  };
}
