import { addAudit } from '../audit.ts';
import type { Db, Transaction } from '../db.ts';
import { fail } from '../errors.ts';
import type { Comparison, Lease } from '../inputs.ts';
import { endRun, holdLease } from '../runs.ts';
import type { Counts, Reason } from '@batonkit/console-domain';
import type { UserView } from '../views.ts';
import { countState } from './count-state.ts';
import { dropStaged, STAGED } from './drop-staged.ts';
import { type Base, baseOf, discardPrepared, holdReservation, nextPosition, reserve } from './position.ts';
import { prepare } from './prepare.ts';

/**
 * Makes a compared sync the newest state and ends its run. The rows are prepared where no reader looks, in small
 * transactions; one short transaction switches. A sync that was held before it is disproved.
 *
 * @throws BatonError `BK-LEASE-LOST`; `BK-SYNC-ORDER` when it ended before the newest state; `BK-INGEST-COUNT` when what
 *   was prepared is not what was compared
 */
export async function applySync(
  db: Db,
  lease: Lease,
  comparison: Comparison,
  warnings: Reason[],
): Promise<'applied' | 'unchanged'> {
  const disposition = comparison.unchanged ? 'unchanged' : 'applied';
  const prepared = await prepareState(db, comparison, (tx) => holdLease(tx, lease));
  await db.transaction(async (tx) => {
    await switchTo(tx, {
      connectorId: lease.connectorId,
      comparison,
      ...prepared,
      disposition,
      confirmedBy: null,
      warnings,
    });
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
 * Applies a held sync, and that one only, and says in the same transaction who wanted it. If the process dies meanwhile
 * it is still held, and can be confirmed again.
 *
 * @throws BatonError `BK-HELD-SUPERSEDED` when it is not held or not any more, `BK-INGEST-BUSY`
 */
export async function confirmHeld(db: Db, connectorId: string, syncId: string, user: UserView): Promise<void> {
  const comparison = await db.transaction(async (tx) => {
    const held = await heldComparison(tx, connectorId, syncId);
    await reserve(tx, connectorId, syncId, false);
    return held;
  });
  try {
    const check = (tx: Transaction): Promise<void> => holdReservation(tx, connectorId, syncId);
    await discardPrepared(db, await baseOf(db, syncId), check);
    const prepared = await prepareState(db, comparison, check);
    await db.transaction(async (tx) => {
      await heldComparison(tx, connectorId, syncId);
      await switchTo(tx, {
        connectorId,
        comparison,
        ...prepared,
        disposition: 'confirmed',
        confirmedBy: user.name,
        warnings: [],
      });
      const detail = `Sync ${syncId} was applied.`;
      await addAudit(tx, { connectorId, actor: user.name, action: 'Changes confirmed', detail });
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

interface Prepared {
  base: Base;
  counts: Counts & { administrators: number };
}

async function prepareState(
  db: Db,
  comparison: Comparison,
  check: (tx: Transaction) => Promise<void>,
): Promise<Prepared> {
  const base = await db.transaction(async (tx) => {
    await check(tx);
    await refuseLate(tx, comparison.syncId);
    return sourceFor(tx, comparison.syncId);
  });
  await prepare(db, comparison, base, check);
  const counts = await countState(db, base.sourceId, nextPosition(base));
  for (const what of ['accounts', 'roles', 'grants'] as const) {
    const [prepared, read] = [counts[what], comparison.after[what]];
    if (prepared !== read) throw fail('BK-INGEST-COUNT', { what, prepared, read });
  }
  return { base, counts };
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

interface Switch extends Prepared {
  connectorId: string;
  comparison: Comparison;
  disposition: 'applied' | 'unchanged' | 'confirmed';
  confirmedBy: string | null;
  warnings: Reason[];
}

async function switchTo(tx: Transaction, to: Switch): Promise<void> {
  const { comparison, base } = to;
  const now = tx.now();
  await holdReservation(tx, to.connectorId, comparison.syncId);
  await tx.query(
    `insert into applied_sync (source_id, position, sync_id, window_start, window_end, applied_at, confirmed_by, counts)
     select $2, $3, id, window_start, window_end, $4, $5, $6 from sync where id = $1`,
    [comparison.syncId, base.sourceId, nextPosition(base), now, to.confirmedBy, JSON.stringify(to.counts)],
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
  await db.query('vacuum analyze resource_newest');
  if (comparison.unchanged) return;
  for (const table of ['resource', 'resource_interval', 'entitlement_interval', 'grant_interval']) {
    await db.query(`vacuum analyze ${table}`);
  }
}
