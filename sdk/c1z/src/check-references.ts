import type { DatabaseSync } from 'node:sqlite';
import { fail } from './errors.ts';

const resourceExists = (type: string, id: string): string =>
  `EXISTS (SELECT 1 FROM v1_resources r WHERE r.sync_id = x.sync_id AND r.external_id = ${type} || ':' || ${id})`;

const CHECKS: [what: string, table: string, holds: string][] = [
  [
    'resources are of a type that was not listed',
    'v1_resources',
    'EXISTS (SELECT 1 FROM v1_resource_types t WHERE t.sync_id = x.sync_id AND t.external_id = x.resource_type_id)',
  ],
  [
    'entitlements belong to a resource that was not listed',
    'v1_entitlements',
    resourceExists('x.resource_type_id', 'x.resource_id'),
  ],
  [
    'grants are of an entitlement that was not listed',
    'v1_grants',
    'EXISTS (SELECT 1 FROM v1_entitlements e WHERE e.sync_id = x.sync_id AND e.external_id = x.entitlement_id)',
  ],
  [
    'grants are held by a principal that was not listed',
    'v1_grants',
    resourceExists('x.principal_resource_type_id', 'x.principal_resource_id'),
  ],
];

/** What refers to nothing in a sync: sentences with counts; no ids, which may be personal data. */
export function danglingReferences(database: DatabaseSync, syncId: string): { count: number; what: string }[] {
  return CHECKS.map(([what, table, holds]) => {
    const found = database
      .prepare(`SELECT count(*) AS count FROM ${table} x WHERE sync_id = ? AND NOT ${holds}`)
      .get(syncId);
    return { count: Number(found?.['count'] ?? 0), what };
  }).filter(({ count }) => count > 0);
}

/** @throws BatonError `BK-C1Z-DANGLING` */
export function checkReferences(database: DatabaseSync, syncId: string): void {
  const [first] = danglingReferences(database, syncId);
  if (first !== undefined) throw fail('BK-C1Z-DANGLING', first);
}
