import { placeOf } from '../cursor.ts';
import type { Queryable } from '../db.ts';
import { fail } from '../errors.ts';
import type { NewestValues } from '../ingest/newest-values.ts';
import type { AccountDetail, AccountView, AsOfQuery, SearchQuery, StatePage } from '../views.ts';
import { lifetimesOf } from './lifetimes.ts';
import { ACCOUNT, type AccountColumns, accountRef, rank, ROLE, type RoleColumns, roleRef } from './refs.ts';
import { boundsOf, type LedgerState, open, patternOf, stateOf } from './state.ts';

interface AccountRow extends AccountColumns {
  resource_id: number;
  external_id: string;
}

const MATCHES = `($3::text is null or i.name ilike $3 or i.email ilike $3 or r.external_id ilike $3)`;

/** Accounts by name. */
export async function listAccounts(q: Queryable, appId: string, query: SearchQuery): Promise<StatePage<AccountView>> {
  const place = placeOf('accounts', [appId, query.asOf, query.query], query);
  const state = await stateOf(q, appId, query, place.syncId);
  if (state === null) return { items: [], next: null, proof: null, total: null };
  const pattern = patternOf(query.query);
  const rows = await q.query<AccountRow>(
    `select i.resource_id, r.external_id, ${ACCOUNT}
     from resource_interval i join resource r on r.id = i.resource_id
     where i.source_id = $1 and i.trait = 'user' and ${open('i', '$2')} and ${MATCHES}
       and ($4::text is null or (i.sort_name, i.resource_id) > (
         select b.sort_name, b.resource_id from resource_interval b join resource rb on rb.id = b.resource_id
         where rb.public_id = $4 and b.source_id = $1 and ${open('b', '$2')}))
     order by i.sort_name, i.resource_id limit $5`,
    [state.sourceId, state.position, pattern, place.after[0] ?? null, place.limit + 1],
  );
  const views = await accountViews(q, state, rows.slice(0, place.limit));
  return {
    ...place.page(
      rows,
      (row) => [row.account_id],
      () => views,
      state.proof.syncId,
    ),
    proof: state.proof,
    total: pattern === null ? state.counts.accounts : await countMatches(q, state, pattern),
  };
}

async function countMatches(q: Queryable, state: LedgerState, pattern: string): Promise<number> {
  const [row] = await q.query<{ count: number }>(
    `select count(*) as count from resource_interval i join resource r on r.id = i.resource_id
     where i.source_id = $1 and i.trait = 'user' and ${open('i', '$2')} and ${MATCHES}`,
    [state.sourceId, state.position, pattern],
  );
  return row?.count ?? 0;
}

interface HeldRole extends RoleColumns {
  principal_id: number;
  opened: number;
  closed: number | null;
}

async function rolesOf(q: Queryable, state: LedgerState, resourceIds: number[]): Promise<HeldRole[]> {
  return q.query<HeldRole>(
    `select g.principal_id, g.opened, g.closed, ${ROLE}
     from grant_interval g join resource rr on rr.id = g.resource_id
       join resource_interval ri on ri.resource_id = g.resource_id and ${open('ri', '$2')}
     where g.principal_id = any($1::bigint[]) and ri.trait = 'role' and ${open('g', '$2')}
     order by g.principal_id, ${rank('ri.tier')}, ri.sort_name, rr.id, g.slug`,
    [resourceIds, state.position],
  );
}

async function accountViews(q: Queryable, state: LedgerState, rows: AccountRow[]): Promise<AccountView[]> {
  const ids = rows.map((row) => row.resource_id);
  const roles = Map.groupBy(await rolesOf(q, state, ids), (role) => role.principal_id);
  const lifetime = await lifetimesOf(q, state, ids);
  const bounds = await boundsOf(
    q,
    state,
    ids.flatMap((id) => [lifetime(id).opened, lifetime(id).closed]),
  );
  return rows.map((row) => {
    const held = new Map((roles.get(row.resource_id) ?? []).map((role) => [role.role_id, roleRef(role)]));
    return {
      ...accountRef(row),
      externalId: row.external_id,
      login: row.account.login,
      roles: [...held.values()],
      interval: bounds.interval(lifetime(row.resource_id)),
    };
  });
}

/**
 * All intervals in which an account held roles up to a state, those still held first. One that ended after the state
 * was held in it, so it has no end here. A role that is gone is shown as it was last.
 */
async function grantsOf(
  q: Queryable,
  state: LedgerState,
  resourceId: number,
): Promise<(RoleColumns & { opened: number; closed: number | null })[]> {
  return q.query(
    `select g.opened, g.closed, ${ROLE}
     from (
       select resource_id, slug, opened, case when closed <= $2 then closed end as closed
       from grant_interval where principal_id = $1 and opened <= $2) g
       join resource rr on rr.id = g.resource_id
       join lateral (
         select x.* from resource_interval x
         where x.resource_id = g.resource_id and x.opened <= coalesce(g.closed - 1, $2)
         order by x.opened desc limit 1) ri on true
     where ri.trait = 'role'
     order by g.closed is not null, ${rank('ri.tier')}, ri.sort_name, rr.id, g.slug, g.opened desc`,
    [resourceId, state.position],
  );
}

/** What is only kept as it is now; null when the state is one before it became so. */
async function newestOf(q: Queryable, state: LedgerState, resourceId: number): Promise<NewestValues | null> {
  const [newest] = await q.query<{ content: NewestValues }>(
    'select content from resource_newest where resource_id = $1 and since <= $2',
    [resourceId, state.position],
  );
  return newest?.content ?? null;
}

/**
 * One account of a state, with all that it held up to then.
 *
 * @throws BatonError `BK-NOT-FOUND` when the state does not have it
 */
export async function getAccount(
  q: Queryable,
  appId: string,
  accountId: string,
  query: AsOfQuery,
): Promise<AccountDetail> {
  const state = await stateOf(q, appId, query);
  if (state === null) throw fail('BK-NOT-FOUND', { what: 'account' });
  const [row] = await q.query<AccountRow>(
    `select i.resource_id, r.external_id, ${ACCOUNT}
     from resource r join resource_interval i on i.resource_id = r.id
     where r.public_id = $3 and r.source_id = $1 and i.trait = 'user' and ${open('i', '$2')}`,
    [state.sourceId, state.position, accountId],
  );
  if (row === undefined) throw fail('BK-NOT-FOUND', { what: 'account' });
  const [view] = await accountViews(q, state, [row]);
  if (view === undefined) throw new Error('a row without a view');
  const newest = await newestOf(q, state, row.resource_id);
  const grants = await grantsOf(q, state, row.resource_id);
  const bounds = await boundsOf(
    q,
    state,
    grants.flatMap(({ opened, closed }) => [opened, closed]),
  );
  return {
    ...view,
    createdAt: row.account.createdAt,
    lastLoginAt: newest?.lastLoginAt ?? null,
    newestKnown: newest !== null,
    profile: [...row.account.profile, ...(newest?.profile ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1)),
    grants: grants.map((grant) => ({ role: roleRef(grant), interval: bounds.interval(grant) })),
    proof: state.proof,
  };
}
