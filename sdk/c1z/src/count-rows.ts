import type { DatabaseSync } from 'node:sqlite';

/** How many rows a sync has; per type under the id of the (entitlement's) resource type, types without rows included. */
export interface RowCounts {
  resourceTypes: number;
  resources: number;
  entitlements: number;
  grants: number;
  resourcesByType: Record<string, number>;
  entitlementsByType: Record<string, number>;
  grantsByType: Record<string, number>;
}

/** @param isAlone every row is of this sync: then an index alone answers */
export function countRows(database: DatabaseSync, syncId: string, isAlone = false): RowCounts {
  const byType = (table: string): Record<string, number> => {
    const where = isAlone ? '' : 'WHERE sync_id = ?';
    const sql = `SELECT resource_type_id AS type, count(*) AS count FROM ${table} ${where} GROUP BY 1 ORDER BY 1`;
    const rows = database.prepare(sql).all(...(isAlone ? [] : [syncId])) as { type: string; count: number }[];
    return Object.fromEntries(rows.map(({ type, count }) => [type, count]));
  };
  const types = database
    .prepare('SELECT external_id AS type FROM v1_resource_types WHERE sync_id = ? ORDER BY 1')
    .all(syncId) as { type: string }[];
  const none = Object.fromEntries(types.map(({ type }) => [type, 0]));
  const resourcesByType = { ...none, ...byType('v1_resources') };
  const entitlementsByType = byType('v1_entitlements');
  const grantsByType = byType('v1_grants');
  const sum = (counts: Record<string, number>): number =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  return {
    resourceTypes: types.length,
    resources: sum(resourcesByType),
    entitlements: sum(entitlementsByType),
    grants: sum(grantsByType),
    resourcesByType,
    entitlementsByType,
    grantsByType,
  };
}

/** The `stats` column: snake case, zero values left out (protocol: c1z.md 3.4). */
export function statsColumn(counts: RowCounts): string {
  const stats = {
    resource_types: counts.resourceTypes || undefined,
    resources: counts.resources || undefined,
    entitlements: counts.entitlements || undefined,
    grants: counts.grants || undefined,
    resources_by_resource_type: orNothing(counts.resourcesByType),
    grants_by_resource_type: orNothing(counts.grantsByType),
    entitlements_by_resource_type: orNothing(counts.entitlementsByType),
  };
  return JSON.stringify(stats);
}

function orNothing(counts: Record<string, number>): Record<string, number> | undefined {
  return Object.keys(counts).length === 0 ? undefined : counts;
}
