import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { GrantExpandableSchema, isAny } from '@batonkit/protocol';
import type { Grant, GrantExpandable } from '@batonkit/protocol';
import { fail } from './errors.ts';

/**
 * A grant to a group may say that the group's members hold it, too. That is stored beside the message and not in it; of
 * one that names no entitlement nothing is left (protocol: c1z.md 5).
 *
 * @throws BatonError `BK-C1Z-ROW`
 */
export function splitExpandable(grant: Grant): { grant: Grant; expansion: Uint8Array | null } {
  const first = grant.annotations.find((any) => isAny(any, GrantExpandableSchema));
  if (first === undefined) return { grant, expansion: null };
  const annotations = grant.annotations.filter((any) => any !== first);
  if (annotations.some((any) => isAny(any, GrantExpandableSchema)))
    throw fail('BK-C1Z-ROW', { what: 'a grant that asks twice to be expanded' });
  const expandable = readExpandable(first.value);
  const expansion = sourcesOf(expandable).length === 0 ? null : toBinary(GrantExpandableSchema, expandable);
  return { grant: { ...grant, annotations }, expansion };
}

/** @throws BatonError `BK-C1Z-ROW` */
export function readExpandable(bytes: Uint8Array): GrantExpandable {
  try {
    return fromBinary(GrantExpandableSchema, bytes);
  } catch (error) {
    throw fail('BK-C1Z-ROW', { what: 'a grant whose expansion cannot be read' }, { cause: error });
  }
}

/** The entitlements whose holders are meant. */
export function sourcesOf({ entitlementIds }: GrantExpandable): string[] {
  return entitlementIds.filter((id) => id.trim() !== '');
}
