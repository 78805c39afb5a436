import type { EvidenceScope } from '@batonkit/protocol';
import type { NewAction } from './checkpoint.ts';
import type { SyncTarget } from './sync-scope.ts';
import { wantsRows } from './sync-scope.ts';

/** The steps of a sync in their genuine order (protocol: runtime 2.3), the first one first. */
export function planSync(scope: EvidenceScope, targets: readonly SyncTarget[], expandGrants: boolean): NewAction[] {
  const isTargeted = targets.length > 0;
  const steps: NewAction[] = [{ operation: 'list-resource-types' }];
  for (const { id, parentResourceId: parent } of targets) {
    steps.push({
      operation: 'targeted-resource-sync',
      resourceTypeId: id?.resourceType ?? '',
      resourceId: id?.resource ?? '',
      ...(parent === undefined ? {} : { parentResourceTypeId: parent.resourceType, parentResourceId: parent.resource }),
    });
  }
  // What lies below targets is listed; types as a whole are not.
  steps.push({ operation: 'list-resources', ...(isTargeted ? { pageToken: 'children:0' } : {}) });
  if (wantsRows(scope, 'entitlements'))
    steps.push({ operation: 'list-static-entitlements' }, { operation: 'list-entitlements' });
  if (wantsRows(scope, 'grants')) steps.push({ operation: 'list-grants' });
  // A part has not all holders that an expansion would need.
  if (wantsRows(scope, 'grants') && expandGrants && !isTargeted) steps.push({ operation: 'grant-expansion' });
  return steps;
}
