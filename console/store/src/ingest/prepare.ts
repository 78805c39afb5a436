import type { Db, Transaction } from '../db.ts';
import type { Comparison } from '../inputs.ts';
import { type Base, nextPosition } from './position.ts';

/** Staged rows of one transaction. */
const CHUNK = 1000;

/**
 * Writes the next state of a source beside the newest one: rows opened and closed at a position that no reader looks
 * at until `applied_sync` has it. So the ledger can be written in small transactions and appear in one. Newest values
 * have no interval: those of an older state are not told from here on.
 *
 * @param check runs first in each transaction and throws when this worker has lost its right
 */
export async function prepare(
  db: Db,
  comparison: Comparison,
  base: Base,
  check: (tx: Transaction) => Promise<void>,
): Promise<void> {
  const values = [base.sourceId, nextPosition(base), comparison.syncId];
  const once = (sql: string): Promise<unknown> =>
    db.transaction(async (tx) => {
      await check(tx);
      await tx.query(sql, values);
    });
  const inChunks = async (table: string, grown: readonly string[], statements: readonly string[]): Promise<void> => {
    const [last] = await db.query<{ n: number }>(`select coalesce(max(n), -1) as n from ${table} where sync_id = $1`, [
      comparison.syncId,
    ]);
    for (let start = 0; start <= (last?.n ?? -1); start += CHUNK) {
      await db.transaction(async (tx) => {
        await check(tx);
        for (const sql of statements) await tx.query(sql, [...values, start, start + CHUNK]);
      });
      // The embedded database counts only when it is told to, and plans for a ledger that is filled for the first time
      // as if it were empty: each chunk would read it whole, and cross it with itself.
      const chunks = start / CHUNK + 1;
      if (comparison.first && isPowerOfTwo(chunks)) for (const name of grown) await db.query(`analyze ${name}`);
    }
  };

  const { types } = comparison.guard;
  const removed = (kind: string): boolean => types.some((type) => type.kind === kind && type.removed > 0);
  const added = (kind: string): boolean => types.some((type) => type.kind === kind && type.added > 0);
  if (removed('grant')) await once(CLOSE_GRANTS);
  if (removed('entitlement')) await once(CLOSE_ENTITLEMENTS);
  if (removed('resource')) await once(CLOSE_RESOURCES);
  if (added('resource') || comparison.changed > 0) {
    await inChunks(
      'staged_resource',
      ['resource', 'resource_interval'],
      [IDENTIFY, CLOSE_CHANGED_RESOURCES, OPEN_RESOURCES],
    );
  }
  if (added('entitlement') || comparison.changed > 0) {
    await inChunks('staged_entitlement', ['entitlement_interval'], [CLOSE_CHANGED_ENTITLEMENTS, OPEN_ENTITLEMENTS]);
  }
  if (added('grant')) await inChunks('staged_grant', ['grant_interval'], [OPEN_GRANTS]);
  await inChunks('staged_resource', ['resource_newest'], [KEEP_NEWEST]);
}

function isPowerOfTwo(number: number): boolean {
  return (number & (number - 1)) === 0;
}

// $1 source, $2 the new position, $3 sync, $4 and $5 the chunk.

// In the file's order, which settles the order of people of the same name.
const IDENTIFY = `
  insert into resource (source_id, public_id, type, external_id)
  select $1::bigint, s.public_id, s.type, s.external_id from staged_resource s
  where s.sync_id = $3 and s.n >= $4 and s.n < $5 and $2::bigint > 0
    and not exists (select from resource r where r.source_id = $1 and r.type = s.type and r.external_id = s.external_id)
  order by s.n`;

const CLOSE_CHANGED_RESOURCES = `
  update resource_interval i set closed = $2
  from staged_resource s join resource r on r.source_id = $1 and r.type = s.type and r.external_id = s.external_id
  where s.sync_id = $3 and s.n >= $4 and s.n < $5 and i.resource_id = r.id and i.closed is null and i.opened < $2
    and (s.trait, s.name, s.email, s.status, s.by_flag, s.tier, s.attributes) is distinct from
      (i.trait, i.name, i.email, i.status, i.by_flag, i.tier, i.attributes)`;

const OPEN_RESOURCES = `
  insert into resource_interval
    (resource_id, opened, source_id, trait, name, email, status, by_flag, tier, attributes)
  select r.id, $2::bigint, $1::bigint, s.trait, s.name, s.email, s.status, s.by_flag, s.tier, s.attributes
  from staged_resource s join resource r on r.source_id = $1 and r.type = s.type and r.external_id = s.external_id
  where s.sync_id = $3 and s.n >= $4 and s.n < $5
    and not exists (select from resource_interval i where i.resource_id = r.id and i.closed is null)`;

const KEEP_NEWEST = `
  insert into resource_newest (resource_id, since, content)
  select r.id, $2::bigint, s.newest
  from staged_resource s join resource r on r.source_id = $1 and r.type = s.type and r.external_id = s.external_id
    left join resource_newest v on v.resource_id = r.id
  where s.sync_id = $3 and s.n >= $4 and s.n < $5 and s.newest is not null and v.content is distinct from s.newest
  on conflict (resource_id) do update set since = excluded.since, content = excluded.content`;

const CLOSE_RESOURCES = `
  update resource_interval i set closed = $2
  from resource r
  where r.id = i.resource_id and i.source_id = $1 and i.closed is null and i.opened < $2
    and not exists (select from staged_resource s
      where s.sync_id = $3 and s.type = r.type and s.external_id = r.external_id)`;

const CLOSE_CHANGED_ENTITLEMENTS = `
  update entitlement_interval e set closed = $2
  from staged_entitlement s
    join resource r on r.source_id = $1 and r.type = s.resource_type and r.external_id = s.resource_external_id
  where s.sync_id = $3 and s.n >= $4 and s.n < $5 and e.resource_id = r.id and e.slug = s.slug and e.closed is null
    and e.opened < $2 and (s.external_id, s.name) is distinct from (e.external_id, e.name)`;

const OPEN_ENTITLEMENTS = `
  insert into entitlement_interval (resource_id, slug, opened, source_id, external_id, name)
  select r.id, s.slug, $2::bigint, $1::bigint, s.external_id, s.name
  from staged_entitlement s
    join resource r on r.source_id = $1 and r.type = s.resource_type and r.external_id = s.resource_external_id
  where s.sync_id = $3 and s.n >= $4 and s.n < $5
    and not exists (select from entitlement_interval e
      where e.resource_id = r.id and e.slug = s.slug and e.closed is null)`;

const CLOSE_ENTITLEMENTS = `
  update entitlement_interval e set closed = $2
  from resource r
  where r.id = e.resource_id and e.source_id = $1 and e.closed is null and e.opened < $2
    and not exists (select from staged_entitlement s where s.sync_id = $3 and s.resource_type = r.type
      and s.resource_external_id = r.external_id and s.slug = e.slug)`;

const OPEN_GRANTS = `
  insert into grant_interval (resource_id, slug, principal_id, opened, source_id, external_id)
  select r.id, s.slug, p.id, $2::bigint, $1::bigint, s.external_id
  from staged_grant s
    join resource r on r.source_id = $1 and r.type = s.resource_type and r.external_id = s.resource_external_id
    join resource p on p.source_id = $1 and p.type = s.principal_type and p.external_id = s.principal_external_id
  where s.sync_id = $3 and s.n >= $4 and s.n < $5
    and not exists (select from grant_interval g
      where g.resource_id = r.id and g.slug = s.slug and g.principal_id = p.id and g.closed is null)`;

const CLOSE_GRANTS = `
  update grant_interval g set closed = $2
  from resource r, resource p
  where r.id = g.resource_id and p.id = g.principal_id and g.source_id = $1 and g.closed is null and g.opened < $2
    and not exists (select from staged_grant s where s.sync_id = $3 and s.resource_type = r.type
      and s.resource_external_id = r.external_id and s.slug = g.slug and s.principal_type = p.type
      and s.principal_external_id = p.external_id)`;
