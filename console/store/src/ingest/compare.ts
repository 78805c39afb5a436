import type { Db } from '../db.ts';
import { fail } from '../errors.ts';
import type { Comparison, Lease, TypeChange } from '../inputs.ts';
import { holdLease } from '../runs.ts';
import type { Counts, Tier } from '@batonkit/console-domain';
import type { HeldChange } from '../views.ts';
import { ADMINISTRATORS } from './administrator-tiers.ts';
import { newcomersOf } from './newcomers.ts';
import { type Base, baseOf, discardPrepared, reserve } from './position.ts';
import { stagedSyncOf } from './stage.ts';

/**
 * Compares a staged sync with the newest applied state, where the rows lie. Reserves the connector's ledger until the
 * run ends.
 *
 * @throws BatonError `BK-LEASE-LOST`, `BK-INGEST-BUSY`; `BK-INGEST-TWICE` and `BK-INGEST-REFERENCES` for a file that
 *   contradicts itself or lacks what it names
 */
export async function compareSync(db: Db, lease: Lease): Promise<Comparison> {
  const syncId = stagedSyncOf(lease);
  await db.transaction(async (tx) => {
    await holdLease(tx, lease);
    await reserve(tx, lease.connectorId, syncId, true);
  });
  const base = await baseOf(db, syncId);
  await discardPrepared(db, base, (tx) => holdLease(tx, lease));
  await refuseContradictions(db, syncId);

  const resources = await compareResources(db, syncId, base);
  const entitlements = await compareEntitlements(db, syncId, base);
  const grants = await compareGrants(db, syncId, base);
  const rows = [...resources, ...entitlements, ...grants];
  const of = (trait: string, side: 'before' | 'after' | 'added' | 'removed'): number =>
    sum(resources.filter((row) => row.trait === trait).map((row) => row[side]));
  const counts = (side: 'before' | 'after'): Counts => ({
    accounts: of('user', side),
    roles: of('role', side),
    grants: sum(grants.map((row) => row[side])),
  });
  const first = base.position === 0;
  const { readOnce, ...owner } = await ownerOf(db, syncId, base);
  const unchanged = !first && rows.every((row) => row.added + row.removed + row.changed === 0);
  return {
    syncId,
    first,
    unchanged,
    guard: {
      first,
      types: rows.map(typeChange),
      accounts: of('user', 'after'),
      roles: of('role', 'after'),
      emptied: first ? [] : await emptiedRoles(db, syncId, base),
      administrators: await holdersOfAdministratorRoles(db, syncId),
      owner,
      readOnce,
    },
    before: counts('before'),
    after: counts('after'),
    accountsAdded: of('user', 'added'),
    accountsRemoved: of('user', 'removed'),
    grantsAdded: sum(grants.map((row) => row.added)),
    grantsRemoved: sum(grants.map((row) => row.removed)),
    administratorChanges: first || unchanged ? [] : await changesOfHolders(db, syncId, base),
    newcomers: first || unchanged ? [] : await newcomersOf(db, syncId, base),
    changed: sum(rows.map((row) => row.changed)),
  };
}

interface Compared extends TypeChange {
  trait: string;
  changed: number;
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

function typeChange({ trait: _trait, changed: _changed, ...change }: Compared): TypeChange {
  return change;
}

const COUNTS = `count(old.k) as before, count(new.k) as after,
  count(*) filter (where old.k is null) as added, count(*) filter (where new.k is null) as removed`;

async function compareResources(db: Db, syncId: string, base: Base): Promise<Compared[]> {
  const rows = await db.query<Omit<Compared, 'kind' | 'name'> & { type: string }>(
    `with old as (
       select 1 as k, r.type, r.external_id, i.trait, i.name, i.email, i.status, i.by_flag, i.tier, i.attributes
       from resource_interval i join resource r on r.id = i.resource_id
       where i.source_id = $2 and i.closed is null),
     new as (
       select 1 as k, type, external_id, trait, name, email, status, by_flag, tier, attributes
       from staged_resource where sync_id = $1)
     select type, coalesce(max(new.trait), max(old.trait)) as trait, ${COUNTS},
       count(*) filter (where old.k = new.k and
         (new.trait, new.name, new.email, new.status, new.by_flag, new.tier, new.attributes) is distinct from
         (old.trait, old.name, old.email, old.status, old.by_flag, old.tier, old.attributes)) as changed
     from old full join new using (type, external_id) group by type order by type`,
    [syncId, base.sourceId],
  );
  return rows.map(({ type, ...row }) => ({ ...row, kind: 'resource', name: `${type}s` }));
}

async function compareEntitlements(db: Db, syncId: string, base: Base): Promise<Compared[]> {
  const rows = await db.query<Omit<Compared, 'kind' | 'name' | 'trait'> & { type: string }>(
    `with old as (
       select 1 as k, r.type, r.external_id, e.slug, e.external_id as entitlement, e.name
       from entitlement_interval e join resource r on r.id = e.resource_id
       where e.source_id = $2 and e.closed is null),
     new as (
       select 1 as k, resource_type as type, resource_external_id as external_id, slug, external_id as entitlement, name
       from staged_entitlement where sync_id = $1)
     select type, ${COUNTS},
       count(*) filter (where old.k = new.k and
         (new.entitlement, new.name) is distinct from (old.entitlement, old.name)) as changed
     from old full join new using (type, external_id, slug) group by type order by type`,
    [syncId, base.sourceId],
  );
  return rows.map(({ type, ...row }) => ({ ...row, trait: '', kind: 'entitlement', name: `entitlements of ${type}s` }));
}

/** The grants of the newest state with the keys of their file. `$2` is the source. */
const OLD_GRANTS = `
  select 1 as k, r.type, r.external_id, g.slug, p.type as principal_type, p.external_id as principal_external_id
  from grant_interval g join resource r on r.id = g.resource_id join resource p on p.id = g.principal_id
  where g.source_id = $2 and g.closed is null`;
/** The grants of the staged sync `$1`. */
const NEW_GRANTS = `
  select 1 as k, resource_type as type, resource_external_id as external_id, slug, principal_type, principal_external_id
  from staged_grant where sync_id = $1`;
const GRANT_KEY = 'type, external_id, slug, principal_type, principal_external_id';

async function compareGrants(db: Db, syncId: string, base: Base): Promise<Compared[]> {
  const rows = await db.query<Omit<Compared, 'kind' | 'name' | 'trait' | 'changed'> & { type: string }>(
    `with old as (${OLD_GRANTS}), new as (${NEW_GRANTS})
     select type, ${COUNTS} from old full join new using (${GRANT_KEY}) group by type order by type`,
    [syncId, base.sourceId],
  );
  return rows.map(({ type, ...row }) => ({
    ...row,
    trait: '',
    changed: 0,
    kind: 'grant',
    name: `grants of ${type}s`,
  }));
}

async function emptiedRoles(db: Db, syncId: string, base: Base): Promise<Comparison['guard']['emptied']> {
  return db.query(
    `with emptied as (
       select r.id, r.type, r.external_id, i.name, i.tier from resource_interval i join resource r on r.id = i.resource_id
       where i.source_id = $2 and i.closed is null and i.trait = 'role'
         and exists (select from grant_interval g where g.resource_id = r.id and g.closed is null)
         and not exists (select from staged_grant s
           where s.sync_id = $1 and s.resource_type = r.type and s.resource_external_id = r.external_id))
     select e.name, coalesce(e.tier, 'unclassified') as "tierBefore",
       case when s.n is null then coalesce(e.tier, 'unclassified') else coalesce(s.tier, 'unclassified') end as "tierAfter",
       (select count(distinct g.principal_id) from grant_interval g where g.resource_id = e.id and g.closed is null) as before,
       0 as after
     from emptied e left join staged_resource s
       on s.sync_id = $1 and s.type = e.type and s.external_id = e.external_id
     order by before desc, e.name`,
    [syncId, base.sourceId],
  );
}

async function holdersOfAdministratorRoles(db: Db, syncId: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `select count(distinct (g.principal_type, g.principal_external_id)) as count
     from staged_resource s join staged_grant g
       on g.sync_id = s.sync_id and g.resource_type = s.type and g.resource_external_id = s.external_id
     where s.sync_id = $1 and s.trait = 'role' and coalesce(s.tier, 'unclassified') in ${ADMINISTRATORS}`,
    [syncId],
  );
  return row?.count ?? 0;
}

async function ownerOf(
  db: Db,
  syncId: string,
  base: Base,
): Promise<Comparison['guard']['owner'] & Pick<Comparison['guard'], 'readOnce'>> {
  const [owner] = await db.query<{
    present: boolean;
    before: number | null;
    after: number;
    read_once: boolean;
    excepted: boolean;
  }>(
    `select s.read_once, s.exceptions @> '[{"name": "owner-not-listed"}]' as excepted, exists (select from staged_resource r where r.sync_id = s.id and r.trait = 'user'
         and r.external_id = s.owner_id) as present,
       (select count(distinct g.resource_id) from resource_interval i join resource r on r.id = i.resource_id
          left join grant_interval g on g.principal_id = r.id and g.closed is null
        where r.source_id = $2 and r.external_id = s.owner_id and i.trait = 'user' and i.closed is null
        group by r.id limit 1) as before,
       (select count(distinct (g.resource_type, g.resource_external_id)) from staged_resource r join staged_grant g
          on g.sync_id = r.sync_id and g.principal_type = r.type and g.principal_external_id = r.external_id
        where r.sync_id = s.id and r.trait = 'user' and r.external_id = s.owner_id) as after
     from sync s where s.id = $1`,
    [syncId, base.sourceId],
  );
  return {
    present: owner?.present ?? false,
    excepted: owner?.excepted ?? false,
    rolesBefore: owner?.before ?? null,
    rolesAfter: owner?.after ?? 0,
    readOnce: owner?.read_once ?? true,
  };
}

async function changesOfHolders(db: Db, syncId: string, base: Base): Promise<HeldChange[]> {
  const rows = await db.query<{
    kind: 'gained' | 'lost';
    name: string;
    email: string | null;
    role: string;
    tier: Tier;
  }>(
    `with old as (${OLD_GRANTS}), new as (${NEW_GRANTS}),
     difference as (
       select case when old.k is null then 'gained' else 'lost' end as kind, ${GRANT_KEY}
       from old full join new using (${GRANT_KEY}) where old.k is null or new.k is null),
     -- The name that the sync gives; what it lacks has the name of the state before.
     named as (
       select type, external_id, name, email, tier from staged_resource where sync_id = $1
       union all
       select r.type, r.external_id, i.name, i.email, i.tier
       from resource_interval i join resource r on r.id = i.resource_id
       where i.source_id = $2 and i.closed is null and not exists (select from staged_resource s
         where s.sync_id = $1 and s.type = r.type and s.external_id = r.external_id))
     select d.kind, a.name, a.email, role.name as role
     from difference d
       join named role on role.type = d.type and role.external_id = d.external_id
       join named a on a.type = d.principal_type and a.external_id = d.principal_external_id
     order by coalesce(role.tier, 'unclassified') not in ${ADMINISTRATORS}, d.kind, role.name, a.name,
       d.principal_external_id, d.slug
     limit 100`,
    [syncId, base.sourceId],
  );
  return rows.map(({ kind, name, email, role }) => ({ kind, account: { name, email }, role }));
}

async function refuseContradictions(db: Db, syncId: string): Promise<void> {
  const count = async (sql: string): Promise<number> =>
    (await db.query<{ count: number }>(`select count(*) as count from (${sql}) x`, [syncId]))[0]?.count ?? 0;

  const twice: [what: string, table: string, key: string][] = [
    ['resources', 'staged_resource', 'type, external_id'],
    ['entitlements', 'staged_entitlement', 'resource_type, resource_external_id, slug'],
    ['grants', 'staged_grant', 'resource_type, resource_external_id, slug, principal_type, principal_external_id'],
  ];
  for (const [what, table, key] of twice) {
    const doubled = await count(`select from ${table} where sync_id = $1 group by ${key} having count(*) > 1`);
    if (doubled > 0) throw fail('BK-INGEST-TWICE', { what, count: doubled });
  }

  const references: [what: string, sql: string][] = [
    [
      'entitlements of resources',
      `select from staged_entitlement e where e.sync_id = $1 and not exists (select from staged_resource r
         where r.sync_id = $1 and r.type = e.resource_type and r.external_id = e.resource_external_id)`,
    ],
    [
      'grants of entitlements',
      `select from staged_grant g where g.sync_id = $1 and not exists (select from staged_entitlement e
         where e.sync_id = $1 and e.resource_type = g.resource_type
           and e.resource_external_id = g.resource_external_id and e.slug = g.slug)`,
    ],
    [
      'grants to accounts',
      `select from staged_grant g where g.sync_id = $1 and not exists (select from staged_resource r
         where r.sync_id = $1 and r.type = g.principal_type and r.external_id = g.principal_external_id)`,
    ],
  ];
  for (const [what, sql] of references) {
    const dangling = await count(sql);
    if (dangling > 0) throw fail('BK-INGEST-REFERENCES', { what, count: dangling });
  }
}
