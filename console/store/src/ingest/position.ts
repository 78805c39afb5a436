import type { Db, Queryable, Transaction } from '../db.ts';
import { fail } from '../errors.ts';

/** Room between two applied syncs, for a late file that belongs there. */
const STEP = 1_000_000;

/** What a sync is compared with: a source and its newest state. Both 0 when there is none. */
export interface Base {
  sourceId: number;
  position: number;
}

/** The source that a sync continues, and the position of its newest state. */
export async function baseOf(q: Queryable, syncId: string): Promise<Base> {
  const [base] = await q.query<{ source_id: number; position: number }>(
    `select src.id as source_id, coalesce(max(p.position), 0) as position
     from sync s join connector c on c.id = s.connector_id
       join source src on src.app_id = c.app_id and src.connector_type = s.connector_type
         and src.instance_origin = s.instance_origin
       left join applied_sync p on p.source_id = src.id
     where s.id = $1 group by src.id`,
    [syncId],
  );
  return { sourceId: base?.source_id ?? 0, position: base?.position ?? 0 };
}

/** The position that the next state of a source gets. */
export function nextPosition(base: Base): number {
  return base.position + STEP;
}

/**
 * Makes sure that the connector's ledger is still this sync's until the transaction ends.
 *
 * @throws BatonError `BK-INGEST-BUSY`
 */
export async function holdReservation(tx: Transaction, connectorId: string, syncId: string): Promise<void> {
  const [held] = await tx.query('select id from connector where id = $1 and ingesting = $2 for update', [
    connectorId,
    syncId,
  ]);
  if (held === undefined) throw fail('BK-INGEST-BUSY', {});
}

/**
 * Reserves a connector's ledger for one sync.
 *
 * @param again whether the sync may have it already: an attempt of a run follows one that died
 * @throws BatonError `BK-INGEST-BUSY` when it is reserved, be it for the same sync by a second click
 */
export async function reserve(tx: Transaction, connectorId: string, syncId: string, again: boolean): Promise<void> {
  const [reserved] = await tx.query(
    `update connector set ingesting = $2
     where id = $1 and (ingesting is null or ($3::boolean and ingesting = $2)) returning id`,
    [connectorId, syncId, again],
  );
  if (reserved === undefined) throw fail('BK-INGEST-BUSY', {});
}

/**
 * Takes back what an attempt that died had prepared past the newest state. Nobody has seen it.
 *
 * @param check runs first in each transaction and throws when this worker has lost its right: what it would take back
 *   may be another's by then
 */
export async function discardPrepared(db: Db, base: Base, check: (tx: Transaction) => Promise<void>): Promise<void> {
  if (base.sourceId === 0) return;
  for (const table of INTERVALS) {
    await db.transaction(async (tx) => {
      await check(tx);
      await tx.query(`delete from ${table} where source_id = $1 and opened > $2`, [base.sourceId, base.position]);
      await tx.query(`update ${table} set closed = null where source_id = $1 and closed > $2`, [
        base.sourceId,
        base.position,
      ]);
    });
  }
}

export const INTERVALS = ['resource_interval', 'entitlement_interval', 'grant_interval'] as const;
