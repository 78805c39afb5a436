import { encoderOf, EntitlementSchema, GrantSchema, ResourceSchema, ResourceTypeSchema } from '@batonkit/protocol';
import type { Entitlement, Grant, Resource, ResourceType } from '@batonkit/protocol';
import { BlobList } from './blob-list.ts';
import { toColumnTime } from './column-time.ts';
import type { Column, DataTable } from './columns.ts';
import { splitExpandable } from './grant-expandable.ts';
import type { RequiredTraits } from './required-traits.ts';
import { entitlementRow, grantRow, resourceRow, resourceTypeRow } from './rows.ts';
import type { TableRows } from './table-insert.ts';
import type { EncodedBatch } from './work-database.ts';

const writeResourceType = encoderOf(ResourceTypeSchema);
const writeResource = encoderOf(ResourceSchema);
const writeEntitlement = encoderOf(EntitlementSchema);
const writeGrant = encoderOf(GrantSchema);

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
  const rows: Partial<Record<DataTable, TableRows>> = {};
  const encode = <T>(
    table: DataTable,
    items: readonly T[] | undefined,
    columns: (item: T) => Column[],
    write: (list: BlobList, item: T) => void,
  ): void => {
    if (items === undefined || items.length === 0) return;
    const values: Column[] = [];
    const list = new BlobList();
    for (const item of items) {
      values.push(...columns(item));
      write(list, item);
      list.end();
    }
    rows[table] = { values, messages: list.take() };
  };
  for (const type of batch.resourceTypes ?? []) traits.add(type);
  encode('v1_resource_types', batch.resourceTypes, resourceTypeRow, writeResourceType);
  encode(
    'v1_resources',
    batch.resources,
    (resource) => {
      const row = resourceRow(resource);
      traits.check(resource);
      return row;
    },
    writeResource,
  );
  encode('v1_entitlements', batch.entitlements, entitlementRow, writeEntitlement);
  encode(
    'v1_grants',
    batch.grants?.map(splitExpandable),
    ({ grant, expansion }) => grantRow(grant, expansion),
    (list, { grant }) => writeGrant(list, grant),
  );
  return { rows, checkpoint: batch.checkpoint, discoveredAt: toColumnTime(now) };
}
