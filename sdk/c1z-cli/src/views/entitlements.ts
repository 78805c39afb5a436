import type { C1zReader } from '@batonkit/c1z';
import { Entitlement_PurposeValue } from '@batonkit/protocol';
import type { Filter } from '../request.ts';
import { idOf, reference } from './names.ts';
import type { Names } from './names.ts';
import { cells } from './view.ts';
import type { View } from './view.ts';

const PURPOSES = new Map<number, string>(
  Object.entries(Entitlement_PurposeValue).map(([name, number]) => [number, name]),
);

export function entitlementsView(reader: C1zReader, names: Names, { resourceType }: Filter): View {
  return {
    columns: ['ID', 'Display Name', 'Resource Type', 'Resource', 'Permission'],
    *rows() {
      for (const entitlement of reader.entitlements(resourceType === undefined ? {} : { resourceType })) {
        const { id, displayName, description, slug, purpose } = entitlement;
        const owner = idOf(entitlement.resource?.id);
        const found = names.sharedResource(owner);
        yield {
          cells: cells(id, displayName, names.typeName(owner.resourceType), names.resourceName(owner, found), slug),
          record: () => ({
            id,
            displayName,
            description,
            slug,
            purpose: PURPOSES.get(purpose) ?? String(purpose),
            resource: reference(owner, found),
          }),
        };
      }
    },
  };
}
