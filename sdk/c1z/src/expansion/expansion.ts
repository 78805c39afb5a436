import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { INDEXES } from '../schema.ts';
import type { ExpansionProgress } from './expansion-progress.ts';
import { isDirect } from './expanded-grant.ts';
import { loadGraph } from './load-graph.ts';
import { openScratch, removeScratch } from './scratch.ts';
import { GrantMaker } from './grant-maker.ts';

/** Rows of a step: some tens of milliseconds. */
const ROWS = 5000;
/** Rows that they may lead to. */
const FAN = 20_000;

// Those that the steps look things up with; the others are made at the end.
const NEEDED = /idx_(entitlements_external_sync|grants_entitlement_id_principal_id)_v1 /;

/**
 * Gives what a group holds to the members of the group: everybody who holds an entitlement that a grant names holds that
 * grant's entitlement, too, however long the chain. Done in SQL beside the work database, in short steps, each of which
 * a kill may end; the next process goes on (protocol: c1z.md 5, runtime.md 2.3).
 */
export class Expansion {
  private readonly database: DatabaseSync;
  private readonly syncId: string;
  private readonly path: string;
  private readonly maker: GrantMaker;

  /** @param path of the work database, on this connection */
  constructor(database: DatabaseSync, syncId: string, path: string) {
    this.database = database;
    this.syncId = syncId;
    this.path = join(dirname(path), 'expansion');
    this.maker = new GrantMaker(database, syncId);
  }

  /** @throws BatonError `BK-C1Z-EXPANSION`, `BK-C1Z-ID` */
  step(discoveredAt: string): ExpansionProgress {
    const done = this.maker.progress();
    if (done?.isDone === true) return done;
    if (!this.isOpen()) this.open(done !== undefined);
    const { phase, node, hold, after } = this.place();
    switch (phase) {
      case 'graph':
        this.inScratch(() => {
          const edges = loadGraph(this.database, this.syncId);
          this.goTo(edges === 0 ? 'write' : 'holders', 1, 0);
        });
        break;
      case 'holders':
        this.inScratch(() => this.seed(node, after));
        break;
      case 'spread':
        this.inScratch(() => this.spread(hold));
        break;
      default: {
        const progress = this.maker.step(discoveredAt);
        if (progress.isDone) removeScratch(this.database, this.path);
        return progress;
      }
    }
    return { isDone: false, made: 0, merged: 0 };
  }

  private open(isWriting: boolean): void {
    const { database } = this;
    for (const index of INDEXES) {
      if (NEEDED.test(index)) database.exec(index.replace('INDEX ', 'INDEX IF NOT EXISTS '));
    }
    database.function('batonkit_is_direct', { deterministic: true }, (grant, id) =>
      isDirect(grant as Uint8Array, String(id)) ? 1 : 0,
    );
    openScratch(database, this.path);
    if (database.prepare('SELECT 1 FROM expansion.progress').get() !== undefined) return;
    // Grants that it made would be taken for grants that were read.
    if (isWriting) throw new Error('the working tables of an expansion are gone');
    database.exec("INSERT INTO expansion.progress VALUES ('graph', 0, 0, '', '')");
  }

  private isOpen(): boolean {
    return this.database.prepare("SELECT 1 FROM pragma_database_list WHERE name = 'expansion'").get() !== undefined;
  }

  private place(): { phase: string; node: number; hold: number; after: [type: string, resource: string] } {
    const row = this.database.prepare('SELECT * FROM expansion.progress').get();
    return {
      phase: String(row?.['phase']),
      node: Number(row?.['node']),
      hold: Number(row?.['hold']),
      after: [String(row?.['type']), String(row?.['resource'])],
    };
  }

  private goTo(phase: string, node: number, hold: number, after = ['', '']): void {
    this.database
      .prepare('UPDATE expansion.progress SET phase = ?, node = ?, hold = ?, type = ?, resource = ?')
      .run(phase, node, hold, ...after);
  }

  private inScratch(work: () => void): void {
    this.database.exec('BEGIN');
    try {
      work();
      this.database.exec('COMMIT');
    } catch (error) {
      this.database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Those who hold an entitlement by a grant that was read: of the node, up to some thousand after those that are there. */
  private seed(node: number, after: readonly [string, string]): void {
    const { database, syncId } = this;
    const entitlement = database.prepare('SELECT entitlement_id FROM expansion.node WHERE id = ?').get(node);
    if (entitlement === undefined) {
      this.goTo('spread', 0, 0);
      return;
    }
    const id = String(entitlement['entitlement_id']);
    const range = `entitlement_id = ?1 AND sync_id = ?2
      AND (principal_resource_type_id, principal_resource_id) > (?3, ?4)`;
    const end = database
      .prepare(
        `SELECT principal_resource_type_id AS type, principal_resource_id AS resource FROM v1_grants WHERE ${range}
         ORDER BY principal_resource_type_id, principal_resource_id LIMIT 1 OFFSET ${ROWS - 1}`,
      )
      .get(id, syncId, ...after);
    const upTo = end === undefined ? [] : [String(end['type']), String(end['resource'])];
    const rows = `SELECT * FROM v1_grants WHERE ${range}
      ${end === undefined ? '' : 'AND (principal_resource_type_id, principal_resource_id) <= (?5, ?6)'}`;
    const values = [id, syncId, ...after, ...upTo];
    database
      .prepare(`INSERT OR IGNORE INTO expansion.kind (name) SELECT DISTINCT principal_resource_type_id FROM (${rows})`)
      .run(...values);
    // Of all grants of a principal that are looked at, the first by its id lends its form of the principal.
    database
      .prepare(
        `INSERT INTO expansion.principal (kind, resource, grant_id, external_id)
         SELECT k.id, g.principal_resource_id, g.id, min(g.external_id) FROM (${rows}) g
         JOIN expansion.kind k ON k.name = g.principal_resource_type_id
         WHERE true GROUP BY g.principal_resource_type_id, g.principal_resource_id
         ON CONFLICT DO UPDATE SET grant_id = excluded.grant_id, external_id = excluded.external_id
         WHERE excluded.external_id < external_id`,
      )
      .run(...values);
    database
      .prepare(
        `INSERT INTO expansion.hold (node, principal, kind, depth, direct)
         SELECT ${node}, p.id, k.id, 0, max(batonkit_is_direct(g.data, g.entitlement_id)) FROM (${rows}) g
         JOIN expansion.kind k ON k.name = g.principal_resource_type_id
         JOIN expansion.principal p ON p.kind = k.id AND p.resource = g.principal_resource_id GROUP BY p.id`,
      )
      .run(...values);
    if (end === undefined) this.goTo('holders', node + 1, 0);
    else this.goTo('holders', node, 0, upTo);
  }

  /** Who holds something more is found in the order of the ways there, the shortest first: rows are a queue. */
  private spread(done: number): void {
    const { database } = this;
    const end = database
      .prepare(
        `SELECT max(id) AS id FROM (
           SELECT id, row_number() OVER (ORDER BY id) AS nth, sum(fan) OVER (ORDER BY id) AS fan FROM (
             SELECT h.id, n.fan FROM expansion.hold h JOIN expansion.node n ON n.id = h.node
             WHERE h.id > ? ORDER BY h.id LIMIT ${ROWS}))
         WHERE nth = 1 OR fan <= ${FAN}`,
      )
      .get(done)?.['id'];
    if (end === null || end === undefined) {
      this.goTo('write', 0, 0);
      return;
    }
    const reached = `FROM expansion.hold h JOIN expansion.edge e ON e.src = h.node AND e.kind IN (0, h.kind)
      WHERE h.id > ?1 AND h.id <= ?2 AND (e.shallow = 0 OR h.direct = 1)`;
    database
      .prepare(`INSERT OR IGNORE INTO expansion.source SELECT e.dst, h.principal, h.node ${reached}`)
      .run(done, Number(end));
    database
      .prepare(
        `INSERT OR IGNORE INTO expansion.hold (node, principal, kind, depth, direct)
         SELECT e.dst, h.principal, h.kind, h.depth + 1, 0 ${reached} ORDER BY h.id, e.dst`,
      )
      .run(done, Number(end));
    this.goTo('spread', 0, Number(end));
  }
}
