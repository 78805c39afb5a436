import type { Db, Transaction } from '../db.ts';
import { fail } from '../errors.ts';
import type { Comparison, Lease } from '../inputs.ts';
import { endRun, holdLease } from '../runs.ts';
import type { Reason, UserView } from '../views.ts';
import { ADMINISTRATORS } from './compare.ts';
import { type Base, baseOf, discardPrepared, nextPosition, reserve } from './position.ts';
import { prepare } from './prepare.ts';
import { dropStaged, STAGED } from './drop-staged.ts';

/**
 * Makes a compared sync the newest state and ends its run. The rows are prepared where no reader looks, in small
 * transactions; one short transaction switches. A sync that was held before it is disproved.
 *
 * @throws BatonError `BK-LEASE-LOST`; `BK-SYNC-ORDER` when it ended before the newest state
 */
export async function applySync(
  db: Db,
  lease: Lease,
  comparison: Comparison,
  warnings: Reason[],
): Promise<'applied' | 'unchanged'> {
  const disposition = comparison.unchanged ? 'unchanged' : 'applied';
  const base = await prepareState(db, comparison, (tx) => holdLease(tx, lease));
  await db.transaction(async (tx) => {
    await switchTo(tx, { connectorId: lease.connectorId, comparison, base, disposition, confirmedBy: null, warnings });
    await endRun(tx, lease, 'done', null);
  });
  await tidy(db, comparison);
  return disposition;
}

/**
 * Keeps a compared sync for a person to decide; nothing of it is applied. Its run ends, and a sync that was held
 * before it is superseded.
 */
export async function holdSync(
  tx: Transaction,
  lease: Lease,
  comparison: Comparison,
  reasons: Reason[],
): Promise<void> {
  await endRun(tx, lease, 'done', null);
  await endHeld(tx, lease.connectorId, comparison.syncId, 'superseded');
  await tx.query(`update sync set disposition = 'held', decided_at = $2, reasons = $3, comparison = $4 where id = $1`, [
    comparison.syncId,
    tx.now(),
    JSON.stringify(reasons),
    JSON.stringify(comparison),
  ]);
}

/**
 * Applies a held sync, and that one only. If the process dies meanwhile it is still held, and can be confirmed again.
 *
 * @throws BatonError `BK-HELD-SUPERSEDED` when it is not held or not any more, `BK-INGEST-BUSY`
 */
export async function confirmHeld(db: Db, connectorId: string, syncId: string, user: UserView): Promise<void> {
  const comparison = await db.transaction(async (tx) => {
    const held = await heldComparison(tx, connectorId, syncId);
    await reserve(tx, connectorId, syncId);
    return held;
  });
  try {
    await discardPrepared(db, await baseOf(db, syncId));
    const base = await prepareState(db, comparison, async () => {});
    await db.transaction(async (tx) => {
      await heldComparison(tx, connectorId, syncId);
      await switchTo(tx, {
        connectorId,
        comparison,
        base,
        disposition: 'confirmed',
        confirmedBy: user.name,
        warnings: [],
      });
    });
  } finally {
    await db.query('update connector set ingesting = null where id = $1 and ingesting = $2', [connectorId, syncId]);
  }
  await tidy(db, comparison);
}

async function heldComparison(tx: Transaction, connectorId: string, syncId: string): Promise<Comparison> {
  const [sync] = await tx.query<{ comparison: Comparison }>(
    `select comparison from sync where id = $1 and connector_id = $2 and disposition = 'held' for update`,
    [syncId, connectorId],
  );
  if (sync === undefined) throw fail('BK-HELD-SUPERSEDED', {});
  return sync.comparison;
}

async function prepareState(db: Db, comparison: Comparison, check: (tx: Transaction) => Promise<void>): Promise<Base> {
  const base = await db.transaction(async (tx) => {
    await check(tx);
    await refuseLate(tx, comparison.syncId);
    return sourceFor(tx, comparison.syncId);
  });
  if (!comparison.unchanged) await prepare(db, comparison, base, check);
  return base;
}

// The clock of a machine can go back; the order of states cannot.
async function refuseLate(tx: Transaction, syncId: string): Promise<void> {
  const base = await baseOf(tx, syncId);
  const [late] = await tx.query(
    `select from sync s join applied_sync p on p.source_id = $2 and p.position = $3
     where s.id = $1 and (s.window_end, s.id) <= (p.window_end, p.sync_id)`,
    [syncId, base.sourceId, base.position],
  );
  if (late !== undefined) throw fail('BK-SYNC-ORDER', {});
}

async function sourceFor(tx: Transaction, syncId: string): Promise<Base> {
  await tx.query(
    `insert into source (app_id, connector_type, instance_origin, created_at)
     select c.app_id, s.connector_type, s.instance_origin, $2
     from sync s join connector c on c.id = s.connector_id where s.id = $1
     on conflict do nothing`,
    [syncId, tx.now()],
  );
  return baseOf(tx, syncId);
}

interface Switch {
  connectorId: string;
  comparison: Comparison;
  base: Base;
  disposition: 'applied' | 'unchanged' | 'confirmed';
  confirmedBy: string | null;
  warnings: Reason[];
}

async function switchTo(tx: Transaction, to: Switch): Promise<void> {
  const { comparison, base } = to;
  const now = tx.now();
  const position = nextPosition(base);
  await tx.query(
    `insert into applied_sync (source_id, position, sync_id, window_start, window_end, applied_at, confirmed_by, counts)
     select $2, $3, id, window_start, window_end, $4, $5, $6 from sync where id = $1`,
    [
      comparison.syncId,
      base.sourceId,
      position,
      now,
      to.confirmedBy,
      JSON.stringify({ ...comparison.after, administrators: await administrators(tx, base.sourceId, position) }),
    ],
  );
  await tx.query(
    `update sync set disposition = $2, comparison = $4, warnings = $5,
       decided_at = case when $2 = 'confirmed' then decided_at else $3::timestamptz end,
       confirmed_at = case when $2 = 'confirmed' then $3::timestamptz end
     where id = $1`,
    [comparison.syncId, to.disposition, now, JSON.stringify(comparison), JSON.stringify(to.warnings)],
  );
  await tx.query('update connector set source_id = $2 where id = $1', [to.connectorId, base.sourceId]);
  await endHeld(tx, to.connectorId, comparison.syncId, 'disproved');
  await dropStaged(tx, comparison.syncId);
}

// By role or by flag: everybody whom the list of administrators shows.
async function administrators(tx: Transaction, sourceId: number, position: number): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `select count(*) as count from (
       select g.principal_id from resource_interval i join grant_interval g on g.resource_id = i.resource_id
       where i.source_id = $1 and i.trait = 'role' and coalesce(i.tier, 'unclassified') in ${ADMINISTRATORS}
         and i.opened <= $2 and (i.closed is null or i.closed > $2)
         and g.opened <= $2 and (g.closed is null or g.closed > $2)
       union
       select resource_id from resource_interval
       where source_id = $1 and by_flag and opened <= $2 and (closed is null or closed > $2)) x`,
    [sourceId, position],
  );
  return row?.count ?? 0;
}

async function endHeld(
  tx: Transaction,
  connectorId: string,
  bySyncId: string,
  disposition: 'disproved' | 'superseded',
): Promise<void> {
  const ended = await tx.query<{ id: string }>(
    `update sync set disposition = $3 where connector_id = $1 and id <> $2 and disposition = 'held' returning id`,
    [connectorId, bySyncId, disposition],
  );
  for (const sync of ended) await dropStaged(tx, sync.id);
}

// The embedded database cleans up only when it is told to.
async function tidy(db: Db, comparison: Comparison): Promise<void> {
  for (const table of STAGED) await db.query(`vacuum ${table}`);
  if (comparison.unchanged) return;
  for (const table of ['resource', 'resource_interval', 'entitlement_interval', 'grant_interval']) {
    await db.query(`vacuum analyze ${table}`);
  }
}
