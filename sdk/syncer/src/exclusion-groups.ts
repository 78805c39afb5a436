import type { Entitlement } from '@batonkit/protocol';
import { EntitlementExclusionGroupSchema, findAny } from '@batonkit/protocol';
import { fail } from './errors.ts';

/** The genuine limit (protocol: messages.md 2, invariant I5). */
const MOST_MEMBERS = 50;

/**
 * Groups of entitlements of which a principal holds one at a time. A group that contradicts itself ends a genuine sync,
 * and so it does here.
 */
export class ExclusionGroups {
  private readonly groups = new Map<string, { members: number; defaults: number; resourceType: string }>();

  /** Whether the entitlement is in a group. @throws BatonError `BK-SYNC-EXCLUSION` */
  add(call: string, { annotations, resource }: Entitlement): boolean {
    const found = findAny(annotations, EntitlementExclusionGroupSchema);
    if (found === undefined) return false;
    const { exclusionGroupId, isDefault, scopeToResource } = found;
    const { resourceType = '', resource: id = '' } = resource?.id ?? {};
    const key = JSON.stringify(scopeToResource ? [exclusionGroupId, resourceType, id] : [exclusionGroupId]);
    const group = this.groups.get(key) ?? { members: 0, defaults: 0, resourceType };
    group.members += 1;
    if (isDefault) group.defaults += 1;
    this.groups.set(key, group);
    const fault =
      group.members > MOST_MEMBERS
        ? `a group of more than ${MOST_MEMBERS} entitlements that exclude each other`
        : group.defaults > 1
          ? 'a group of entitlements with two defaults'
          : group.resourceType !== resourceType
            ? 'a group of entitlements of two resource types'
            : undefined;
    if (fault !== undefined) throw fail('BK-SYNC-EXCLUSION', { call, fault });
    return true;
  }
}
