import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { grantId } from '@batonkit/protocol';
import { fail } from '../errors.ts';
import { newGrant, principalOf, withSources } from './expanded-grant.ts';
import type { Sources } from './expanded-grant.ts';
import type { ExpansionProgress } from './expansion-progress.ts';

/** Where the place is kept until the run ends: the genuine table for what a running sync has to remember. */
const EXPANSION_KEY = 'batonkit/expansion';
/** Grants of a step. */
const GRANTS = 1000;
/** The genuine limit of an id (protocol: messages.md). */
const ID_BYTES = 1024;

interface Place extends ExpansionProgress {
  /** The last grant that was written, by its node and principal. */
  node: number;
  principal: number;
}

interface Target {
  node: number;
  entitlementId: string;
  type: string;
  resource: string;
  data: Uint8Array;
}

interface Reached {
  node: number;
  principal: number;
  wasRead: boolean;
  sources: Sources;
}

/** Writes what an expansion found into the grants. Rows and place are committed together. */
export class GrantMaker {
  private readonly database: DatabaseSync;
  private readonly syncId: string;
  private readonly statements = new Map<string, StatementSync>();
  private target: Target | undefined;

  constructor(database: DatabaseSync, syncId: string) {
    this.database = database;
    this.syncId = syncId;
  }

  /** Undefined before the first grant was written. */
  progress(): Place | undefined {
    const row = this.database
      .prepare('SELECT value FROM v1_connector_sessions WHERE sync_id = ? AND key = ?')
      .get(this.syncId, EXPANSION_KEY);
    return row === undefined ? undefined : (JSON.parse(Buffer.from(row['value'] as Uint8Array).toString()) as Place);
  }

  step(discoveredAt: string): ExpansionProgress {
    const { database } = this;
    const place = this.progress() ?? { isDone: false, made: 0, merged: 0, node: 0, principal: 0 };
    const reached = this.next(place);
    database.exec('BEGIN');
    try {
      for (const one of reached) {
        if (one.wasRead) place.merged += this.merge(one);
        else {
          this.make(one, discoveredAt);
          place.made += 1;
        }
        place.node = one.node;
        place.principal = one.principal;
      }
      place.isDone = reached.length < GRANTS;
      database
        .prepare('DELETE FROM v1_connector_sessions WHERE sync_id = ? AND key = ?')
        .run(this.syncId, EXPANSION_KEY);
      database
        .prepare('INSERT INTO v1_connector_sessions (sync_id, key, value) VALUES (?, ?, ?)')
        .run(this.syncId, EXPANSION_KEY, Buffer.from(JSON.stringify(place)));
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
    return place;
  }

  /** Those after the place. In a cycle, who holds something only by way of the grant itself is no source of it. */
  private next({ node, principal }: Place): Reached[] {
    const rows = this.database
      .prepare(
        `SELECT s.dst, s.principal, held.depth, n.entitlement_id, by.direct FROM expansion.source s
         CROSS JOIN expansion.hold held ON held.node = s.dst AND held.principal = s.principal
         CROSS JOIN expansion.hold by ON by.node = s.src AND by.principal = s.principal
         CROSS JOIN expansion.node n ON n.id = s.src CROSS JOIN expansion.node d ON d.id = s.dst
         WHERE (s.dst, s.principal) > (?, ?) AND (n.component <> d.component OR by.direct = 1 OR by.depth < held.depth)
         ORDER BY s.dst, s.principal`,
      )
      .iterate(node, principal);
    const reached: Reached[] = [];
    for (const row of rows) {
      const last = reached.at(-1);
      const [dst, of, source, direct] = [row['dst'], row['principal'], row['entitlement_id'], row['direct']];
      if (last !== undefined && last.node === dst && last.principal === of) {
        last.sources.set(String(source), direct === 1);
        continue;
      }
      if (reached.length === GRANTS) break;
      reached.push({
        node: Number(dst),
        principal: Number(of),
        wasRead: row['depth'] === 0,
        sources: new Map([[String(source), direct === 1]]),
      });
    }
    return reached;
  }

  private make({ node, principal, sources }: Reached, discoveredAt: string): void {
    const target = this.targetOf(node);
    const { type, resource, data } = this.principalRow(principal);
    const id = grantId(target.entitlementId, type, resource);
    if (id.length * 3 > ID_BYTES && Buffer.byteLength(id) > ID_BYTES)
      throw fail('BK-C1Z-ID', {
        what: `a grant to a group whose members' grants have ids of more than ${ID_BYTES} bytes`,
      });
    this.prepared(
      `INSERT INTO v1_grants (resource_type_id, resource_id, entitlement_id, principal_resource_type_id,
           principal_resource_id, external_id, expansion, needs_expansion, data, sync_id, discovered_at)
         VALUES (?, ?, ?, ?, ?, ?, NULL, 0, ?, ?, ?)`,
    ).run(
      target.type,
      target.resource,
      target.entitlementId,
      type,
      resource,
      id,
      newGrant(target.data, data, id, sources),
      this.syncId,
      discoveredAt,
    );
  }

  /** All grants of the entitlement that the principal has: whoever reads one of them finds the sources. */
  private merge({ node, principal, sources }: Reached): number {
    const { syncId } = this;
    const { entitlementId } = this.targetOf(node);
    const { type, resource } = this.principalRow(principal);
    const rows = this.prepared(
      `SELECT id, data FROM v1_grants WHERE entitlement_id = ? AND principal_resource_type_id = ?
         AND principal_resource_id = ? AND sync_id = ?`,
    ).all(entitlementId, type, resource, syncId);
    const update = this.prepared('UPDATE v1_grants SET data = ? WHERE id = ?');
    for (const { id, data } of rows) update.run(withSources(data as Uint8Array, entitlementId, sources), id ?? null);
    return rows.length;
  }

  private targetOf(node: number): Target {
    if (this.target?.node === node) return this.target;
    const row = this.prepared(
      `SELECT e.* FROM expansion.node n JOIN v1_entitlements e ON e.external_id = n.entitlement_id
         WHERE n.id = ? AND e.sync_id = ?`,
    ).get(node, this.syncId);
    if (row === undefined) throw fail('BK-C1Z-EXPANSION', { fault: 'gives' });
    return (this.target = {
      node,
      entitlementId: String(row['external_id']),
      type: String(row['resource_type_id']),
      resource: String(row['resource_id']),
      data: row['data'] as Uint8Array,
    });
  }

  private principalRow(id: number): { type: string; resource: string; data: Uint8Array } {
    const row = this.prepared(
      `SELECT k.name, p.resource, g.data FROM expansion.principal p JOIN expansion.kind k ON k.id = p.kind
         JOIN v1_grants g ON g.id = p.grant_id WHERE p.id = ?`,
    ).get(id);
    const data = principalOf(row?.['data'] as Uint8Array);
    if (row === undefined || data === undefined) throw new Error('a principal is gone');
    return { type: String(row['name']), resource: String(row['resource']), data };
  }

  /** Prepared once: a step has thousands of rows. */
  private prepared(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (statement === undefined) this.statements.set(sql, (statement = this.database.prepare(sql)));
    return statement;
  }
}
