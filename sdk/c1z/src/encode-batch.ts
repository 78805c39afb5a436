import type { Entitlement, Grant, Resource, ResourceType } from '@batonkit/protocol';
import { toColumnTime } from './column-time.ts';
import type { RequiredTraits } from './required-traits.ts';
import { entitlementRow, grantRow, resourceRow, resourceTypeRow } from './rows.ts';
import type { Column, DataTable } from './rows.ts';
import type { EncodedBatch } from './work-database.ts';

/** Rows of one answer of a connector, and where the sync stands after it. */
export interface Batch {
  resourceTypes?: readonly ResourceType[];
  resources?: readonly Resource[];
  entitlements?: readonly Entitlement[];
  grants?: readonly Grant[];
  /** The sync token (protocol: runtime.md 2.5). */
  checkpoint: string;
}

/**
 * The rows of a batch, checked and as columns.
 *
 * @throws BatonError `BK-C1Z-ID`, `BK-C1Z-ROW`, `BK-C1Z-DANGLING`
 */
export function encodeBatch(batch: Batch, traits: RequiredTraits, now: number): EncodedBatch {
  const rows: Partial<Record<DataTable, Column[]>> = {};
  const encode = <T>(table: DataTable, items: readonly T[] | undefined, toRow: (item: T) => Column[]): void => {
    if (items === undefined || items.length === 0) return;
    const values: Column[] = [];
    for (const item of items) values.push(...toRow(item));
    rows[table] = values;
  };
  for (const type of batch.resourceTypes ?? []) traits.add(type);
  encode('v1_resource_types', batch.resourceTypes, resourceTypeRow);
  encode('v1_resources', batch.resources, (resource) => {
    const row = resourceRow(resource);
    traits.check(resource);
    return row;
  });
  encode('v1_entitlements', batch.entitlements, entitlementRow);
  encode('v1_grants', batch.grants, grantRow);
  return { rows, checkpoint: batch.checkpoint, discoveredAt: toColumnTime(now) };
}
