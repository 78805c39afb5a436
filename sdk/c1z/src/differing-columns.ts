import { fromBinary } from '@bufbuild/protobuf';
import { EntitlementSchema, ResourceSchema, ResourceTypeSchema } from '@batonkit/protocol';
import { COLUMNS } from './columns.ts';
import type { Column, DataTable } from './columns.ts';
import { entitlementRow, grantRow, resourceRow, resourceTypeRow } from './rows.ts';
import { storedGrant } from './stored-grant.ts';

// The message, and what the genuine syncer sets apart from it.
const APART = new Set<string>(['data', 'expansion', 'needs_expansion']);

/**
 * The columns of a stored row that say something else than its message: SQL reads the one, programs the other, and
 * they would answer differently who holds what.
 *
 * @throws BatonError `BK-C1Z-ID`, `BK-C1Z-ROW`; Error when the message cannot be parsed
 */
export function differingColumns(table: DataTable, row: Record<string, unknown>): string[] {
  const said = rowOf(table, row);
  return COLUMNS[table].filter((column, index) => !APART.has(column) && row[column] !== said[index]);
}

function rowOf(table: DataTable, row: Record<string, unknown>): Column[] {
  const message = row['data'];
  if (!(message instanceof Uint8Array)) throw new TypeError('a message is a blob');
  switch (table) {
    case 'v1_resource_types':
      return resourceTypeRow(fromBinary(ResourceTypeSchema, message));
    case 'v1_resources':
      return resourceRow(fromBinary(ResourceSchema, message));
    case 'v1_entitlements':
      return entitlementRow(fromBinary(EntitlementSchema, message));
    default:
      return grantRow(storedGrant(row));
  }
}
