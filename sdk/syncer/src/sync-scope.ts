import type { EvidenceScope, Resource } from '@batonkit/protocol';
import { resourceBatonId, resourceKey } from '@batonkit/protocol';
import { fail } from './errors.ts';

/** A resource that is synced by itself: its id, and what it lies below. A `Resource` of a task or a Baton id is one. */
export type SyncTarget = Pick<Resource, 'id' | 'parentResourceId'>;

/** Whether rows of the type are asked for. */
export function wantsType(scope: EvidenceScope, type: string): boolean {
  if (scope === 'full' || (scope.resources !== undefined && scope.types.length === 0)) return true;
  return scope.types.includes(type);
}

/** Whether rows of the kind are asked for: without entitlements there are no grants. */
export function wantsRows(scope: EvidenceScope, kind: 'entitlements' | 'grants'): boolean {
  if (scope === 'full') return true;
  return !scope.skip.includes('entitlements') && !scope.skip.includes(kind);
}

/**
 * Each target once, by its Baton id, and the scope that says so.
 *
 * @throws BatonError `BK-SYNC-TARGET`
 */
export function targetedScope(
  scope: EvidenceScope,
  targets: readonly SyncTarget[],
): { scope: EvidenceScope; targets: SyncTarget[] } {
  if (targets.length === 0) return { scope, targets: [] };
  const byBatonId = new Map<string, SyncTarget>();
  for (const target of targets) {
    try {
      byBatonId.set(resourceBatonId(target), target);
    } catch (error) {
      throw fail('BK-SYNC-TARGET', {}, { cause: error });
    }
  }
  const { types, skip } = scope === 'full' ? { types: [], skip: [] } : scope;
  const sorted = [...byBatonId].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    scope: { types, skip, resources: sorted.map(([batonId]) => batonId) },
    targets: sorted.map(([, target]) => target),
  };
}

export function keyOf({ id }: SyncTarget): string {
  return resourceKey(id?.resourceType ?? '', id?.resource ?? '');
}
