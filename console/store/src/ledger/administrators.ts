import { placeOf } from '../cursor.ts';
import type { Queryable } from '../db.ts';
import { ADMINISTRATORS } from '../ingest/administrator-tiers.ts';
import type {
  AdministratorPage,
  AdministratorTier,
  AdministratorView,
  HeldNewcomer,
  Moment,
  SearchQuery,
} from '../views.ts';
import { ACCOUNT, type AccountColumns, accountRef, rank, ROLE, type RoleColumns, roleRef } from './refs.ts';
import { boundsOf, type LedgerState, open, patternOf, stateOf } from './state.ts';

const TIERS: AdministratorTier[] = ['critical', 'high', 'unclassified'];

// One row for each account that holds a role of an administrators' tier, or is flagged; $1 source, $2 position.
const ADMINISTRATORS_OF_STATE = `
  with by_role as (
    select g.principal_id as id, min(${rank('ri.tier')}) as rank
    from resource_interval ri join grant_interval g on g.resource_id = ri.resource_id and ${open('g', '$2')}
    where ri.source_id = $1 and ri.trait = 'role' and ${open('ri', '$2')}
      and coalesce(ri.tier, 'unclassified') in ${ADMINISTRATORS}
    group by g.principal_id),
  administrator as (
    select id, rank, false as by_flag from by_role
    union all
    select f.resource_id, ${rank(`'unclassified'`)}, true from resource_interval f
    where f.source_id = $1 and f.by_flag and ${open('f', '$2')}
      and not exists (select from by_role where by_role.id = f.resource_id))`;
const ROWS = `
  from administrator a join resource_interval i on i.resource_id = a.id and i.trait = 'user' and ${open('i', '$2')}
    join resource r on r.id = i.resource_id`;
const MATCHES = `($3::text is null or i.name ilike $3 or i.email ilike $3 or r.external_id ilike $3)`;

interface AdministratorRow extends AccountColumns {
  resource_id: number;
  rank: number;
  by_flag: boolean;
}

/** Who can administer, the strongest tier first, then by name. */
export async function listAdministrators(q: Queryable, appId: string, query: SearchQuery): Promise<AdministratorPage> {
  const place = placeOf('administrators', [appId, query.asOf, query.query], query);
  const state = await stateOf(q, appId, query, place.syncId);
  if (state === null) {
    const tiers = { critical: 0, high: 0, unclassified: 0 };
    return { items: [], next: null, proof: null, total: null, tiers, disabled: 0, axis: null, newcomers: [] };
  }
  const pattern = patternOf(query.query);
  const rows = await q.query<AdministratorRow>(
    `${ADMINISTRATORS_OF_STATE}
     select i.resource_id, a.rank, a.by_flag, ${ACCOUNT} ${ROWS}
     where ${MATCHES} and ($4::text is null or (a.rank, i.sort_name, i.resource_id) > (
       select ab.rank, b.sort_name, b.resource_id from administrator ab
         join resource_interval b on b.resource_id = ab.id and ${open('b', '$2')}
         join resource rb on rb.id = b.resource_id and rb.public_id = $4))
     order by a.rank, i.sort_name, i.resource_id limit $5`,
    [state.sourceId, state.position, pattern, place.after[0] ?? null, place.limit + 1],
  );
  const views = await administratorViews(q, state, rows.slice(0, place.limit));
  const { total, tiers, disabled } = await countAdministrators(q, state, pattern);
  return {
    ...place.page(
      rows,
      (row) => [row.account_id],
      () => views,
      state.proof.syncId,
    ),
    proof: state.proof,
    total,
    tiers,
    disabled,
    axis: await axisOf(q, state),
    newcomers: query.asOf === undefined ? await heldNewcomers(q, appId) : [],
  };
}

async function administratorViews(
  q: Queryable,
  state: LedgerState,
  rows: AdministratorRow[],
): Promise<AdministratorView[]> {
  const held = await q.query<RoleColumns & { principal_id: number; opened: number; closed: number | null }>(
    `select g.principal_id, g.opened, g.closed, ${ROLE}
     from grant_interval g join resource rr on rr.id = g.resource_id
       join resource_interval ri on ri.resource_id = g.resource_id and ${open('ri', '$2')}
     where g.principal_id = any($1::bigint[]) and ${open('g', '$2')} and ri.trait = 'role'
       and coalesce(ri.tier, 'unclassified') in ${ADMINISTRATORS}
     order by g.principal_id, ${rank('ri.tier')}, ri.sort_name, rr.id, g.slug`,
    [rows.map((row) => row.resource_id), state.position],
  );
  const bounds = await boundsOf(
    q,
    state,
    held.flatMap((row) => [row.opened, row.closed]),
  );
  const roles = Map.groupBy(held, (row) => row.principal_id);
  return rows.map((row) => ({
    account: accountRef(row),
    tier: TIERS[row.rank - 1] ?? 'unclassified',
    roles: (roles.get(row.resource_id) ?? []).map((role) => ({
      role: roleRef(role),
      interval: bounds.interval(role),
    })),
    byFlag: row.by_flag,
  }));
}

async function countAdministrators(
  q: Queryable,
  state: LedgerState,
  pattern: string | null,
): Promise<Pick<AdministratorPage, 'total' | 'tiers' | 'disabled'>> {
  const [row] = await q.query<Record<AdministratorTier | 'total' | 'disabled', number>>(
    `${ADMINISTRATORS_OF_STATE}
     select count(*) filter (where a.rank = 1) as critical, count(*) filter (where a.rank = 2) as high,
       count(*) filter (where a.rank = 3) as unclassified, count(*) filter (where i.status = 'disabled') as disabled,
       count(*) filter (where ${MATCHES}) as total ${ROWS}`,
    [state.sourceId, state.position, pattern],
  );
  if (row === undefined) throw new Error('a count without a row');
  const { critical, high, unclassified, total, disabled } = row;
  return { total, tiers: { critical, high, unclassified }, disabled };
}

async function heldNewcomers(q: Queryable, appId: string): Promise<HeldNewcomer[]> {
  const [held] = await q.query<{ newcomers: HeldNewcomer[] }>(
    `select coalesce(s.comparison -> 'newcomers', '[]') as newcomers
     from connector c join sync s on s.connector_id = c.id and s.disposition = 'held'
     where c.app_id = $1 order by s.decided_at desc limit 1`,
    [appId],
  );
  return held?.newcomers ?? [];
}

// From the first sync to the end of the state shown: what lies outside is not known.
async function axisOf(q: Queryable, state: LedgerState): Promise<Moment> {
  const [first] = await q.query<{ window_start: string }>(
    'select window_start from applied_sync where source_id = $1 order by position limit 1',
    [state.sourceId],
  );
  return { from: first?.window_start ?? state.windowEnd, to: state.windowEnd };
}
