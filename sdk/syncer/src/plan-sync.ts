import type { EvidenceScope } from '@batonkit/protocol';
import type { NewAction } from './checkpoint.ts';
import { wantsRows } from './sync-scope.ts';

/** The steps of a sync in their genuine order (protocol: runtime 2.3), the first one first. */
export function planSync(scope: EvidenceScope, isTargeted: boolean, expandGrants: boolean): NewAction[] {
  const steps: NewAction[] = [{ operation: 'list-resource-types' }];
  if (isTargeted) steps.push({ operation: 'targeted-resource-sync', pageToken: 'targets:0' });
  // What lies below targets is listed; types as a whole are not.
  steps.push({ operation: 'list-resources', ...(isTargeted ? { pageToken: 'children:0' } : {}) });
  if (wantsRows(scope, 'entitlements'))
    steps.push({ operation: 'list-static-entitlements' }, { operation: 'list-entitlements' });
  if (wantsRows(scope, 'grants')) steps.push({ operation: 'list-grants' });
  // A part has not all holders that an expansion would need.
  if (wantsRows(scope, 'grants') && expandGrants && !isTargeted) steps.push({ operation: 'grant-expansion' });
  return steps;
}
