import type { DatabaseSync } from 'node:sqlite';
import { fail } from './errors.ts';

// What refers to what: rows are counted by what they refer to, and each of those is looked up once.
const CHECKS: [what: string, table: string, reference: string, holds: string][] = [
  [
    'resources are of a type that was not listed',
    'v1_resources',
    'resource_type_id AS a, NULL AS b',
    'v1_resource_types WHERE sync_id = ?2 AND external_id = a',
  ],
  [
    'entitlements belong to a resource that was not listed',
    'v1_entitlements',
    'resource_type_id AS a, resource_id AS b',
    "v1_resources WHERE sync_id = ?2 AND external_id = a || ':' || b",
  ],
  [
    'grants are of an entitlement that was not listed',
    'v1_grants',
    'entitlement_id AS a, NULL AS b',
    'v1_entitlements WHERE sync_id = ?2 AND external_id = a',
  ],
  [
    'grants are held by a principal that was not listed',
    'v1_grants',
    'principal_resource_type_id AS a, principal_resource_id AS b',
    "v1_resources WHERE sync_id = ?2 AND external_id = a || ':' || b",
  ],
];

/**
 * What refers to nothing in a sync: sentences with counts; no ids, which may be personal data.
 *
 * @param isAlone every row is of this sync: then an index alone answers
 */
export function danglingReferences(
  database: DatabaseSync,
  syncId: string,
  isAlone = false,
): { count: number; what: string }[] {
  return CHECKS.map(([what, table, reference, holds]) => {
    const found = database
      .prepare(
        `SELECT coalesce(sum(n), 0) AS count FROM (
           SELECT ${reference}, count(*) AS n FROM ${table} WHERE ${isAlone ? '?1 = ?2' : 'sync_id = ?1'} GROUP BY a, b
         ) WHERE NOT EXISTS (SELECT 1 FROM ${holds})`,
      )
      .get(syncId, syncId);
    return { count: Number(found?.['count'] ?? 0), what };
  }).filter(({ count }) => count > 0);
}

/** @throws BatonError `BK-C1Z-DANGLING` */
export function checkReferences(database: DatabaseSync, syncId: string, isAlone = false): void {
  const [first] = danglingReferences(database, syncId, isAlone);
  if (first !== undefined) throw fail('BK-C1Z-DANGLING', first);
}
