/** Columns of the data tables in the order of the inserts, without id, sync_id and discovered_at; the message is last. */
export const COLUMNS = {
  v1_resource_types: ['external_id', 'data'],
  v1_resources: ['resource_type_id', 'external_id', 'parent_resource_type_id', 'parent_resource_id', 'data'],
  v1_entitlements: ['resource_type_id', 'resource_id', 'external_id', 'data'],
  v1_grants: [
    'resource_type_id',
    'resource_id',
    'entitlement_id',
    'principal_resource_type_id',
    'principal_resource_id',
    'external_id',
    'expansion',
    'needs_expansion',
    'data',
  ],
} as const;
export type DataTable = keyof typeof COLUMNS;
export type Column = string | number | Uint8Array | null;
