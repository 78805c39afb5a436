import type { DatabaseSync } from 'node:sqlite';
import { fail } from '../errors.ts';
import { readExpandable, sourcesOf } from '../grant-expandable.ts';
import { condense } from './condense.ts';

/** The genuine limit of a chain of entitlements (protocol: runtime.md 2.3). */
const MOST_DEPTH = 20;

/**
 * Who gives what to whom: an entitlement's holders hold another one, as a grant to its resource says so. Of a grant that
 * is not of this form too much or too little would be made, so it is an error.
 *
 * @returns how many edges there are
 * @throws BatonError `BK-C1Z-EXPANSION`
 */
export function loadGraph(database: DatabaseSync, syncId: string): number {
  const find = database.prepare(
    'SELECT resource_type_id, resource_id FROM v1_entitlements WHERE external_id = ? AND sync_id = ?',
  );
  const addNode = database.prepare('INSERT OR IGNORE INTO expansion.node (entitlement_id) VALUES (?)');
  const addKind = database.prepare('INSERT OR IGNORE INTO expansion.kind (name) VALUES (?)');
  // The same said twice: what reaches further counts.
  const addEdge = database.prepare(
    `INSERT INTO expansion.edge (src, kind, dst, shallow)
     SELECT s.id, coalesce((SELECT id FROM expansion.kind WHERE name = ?3), 0), d.id, ?4
     FROM expansion.node s, expansion.node d WHERE s.entitlement_id = ?1 AND d.entitlement_id = ?2
     ON CONFLICT DO UPDATE SET shallow = min(shallow, excluded.shallow)`,
  );
  const grants = database
    .prepare(
      `SELECT entitlement_id, principal_resource_type_id AS type, principal_resource_id AS resource, expansion
       FROM v1_grants WHERE sync_id = ? AND expansion IS NOT NULL ORDER BY id`,
    )
    .iterate(syncId);
  for (const row of grants) {
    const target = String(row['entitlement_id']);
    if (find.get(target, syncId) === undefined) throw fail('BK-C1Z-EXPANSION', { fault: 'gives' });
    const expandable = readExpandable(row['expansion'] as Uint8Array);
    for (const source of sourcesOf(expandable)) {
      const found = find.get(source, syncId);
      if (found === undefined) throw fail('BK-C1Z-EXPANSION', { fault: 'names' });
      if (found['resource_type_id'] !== row['type'] || found['resource_id'] !== row['resource'])
        throw fail('BK-C1Z-EXPANSION', { fault: 'foreign' });
      if (source === target) continue;
      for (const id of [source, target]) addNode.run(id);
      const { resourceTypeIds, shallow } = expandable;
      for (const kind of resourceTypeIds) addKind.run(kind);
      for (const kind of resourceTypeIds.length === 0 ? [''] : resourceTypeIds)
        addEdge.run(source, target, kind, shallow ? 1 : 0);
    }
  }
  database.exec('UPDATE expansion.node SET fan = (SELECT count(*) FROM expansion.edge WHERE src = node.id)');
  return markCycles(database);
}

function markCycles(database: DatabaseSync): number {
  const count = (table: string): number =>
    Number(database.prepare(`SELECT count(*) AS n FROM expansion.${table}`).get()?.['n']);
  const size = count('node');
  const edges = new Int32Array(count('edge') * 2);
  let at = 0;
  for (const { src, dst } of database.prepare('SELECT src, dst FROM expansion.edge ORDER BY src').iterate()) {
    edges[at] = Number(src) - 1;
    edges[at + 1] = Number(dst) - 1;
    at += 2;
  }
  const { component, depth } = condense(size, edges);
  if (depth > MOST_DEPTH) throw fail('BK-C1Z-EXPANSION', { fault: 'deep' });
  const mark = database.prepare('UPDATE expansion.node SET component = ? WHERE id = ?');
  for (const [node, of] of component.entries()) mark.run(of + 1, node + 1);
  return edges.length / 2;
}
