import type { C1zReader } from '@batonkit/c1z';
import type { Filter } from '../request.ts';
import { idOf } from './names.ts';
import type { Names } from './names.ts';
import { entitlementRecord, grantRecord, resourceRecord, resourceTypeRecord } from './records.ts';
import { cells } from './view.ts';
import type { View } from './view.ts';

export function grantsView(reader: C1zReader, names: Names, filter: Filter): View {
  return {
    columns: ['ID', 'Resource Type', 'Resource', 'Entitlement', 'Principal'],
    member: 'grants',
    *rows() {
      for (const grant of reader.grants(filter)) {
        const entitlementId = grant.entitlement?.id ?? '';
        const entitlement = names.entitlement(entitlementId);
        const owner = idOf(grant.entitlement?.resource?.id ?? entitlement?.resource?.id);
        const resource = names.sharedResource(owner);
        const holder = idOf(grant.principal?.id);
        const principal = names.resource(holder);
        yield {
          cells: cells(
            grant.id,
            names.typeName(owner.resourceType),
            names.resourceName(owner, resource),
            names.entitlementName(entitlementId, entitlement),
            names.resourceName(holder, principal),
          ),
          record: () => ({
            grant: grantRecord(grant),
            entitlement: entitlementRecord(names, entitlementId, entitlement),
            resource: resourceRecord(names, owner, resource),
            resourceType: resourceTypeRecord(names, owner.resourceType),
            principal: resourceRecord(names, holder, principal),
          }),
        };
      }
    },
  };
}
