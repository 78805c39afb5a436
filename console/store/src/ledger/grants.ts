import { placeOf } from '../cursor.ts';
import type { Queryable } from '../db.ts';
import { fail } from '../errors.ts';
import type { GrantView, SearchQuery, StatePage } from '../views.ts';
import { needResource } from './need-resource.ts';
import { ACCOUNT, type AccountColumns, accountRef, ROLE, type RoleColumns, roleRef } from './refs.ts';
import { boundsOf, open, patternOf, stateOf } from './state.ts';

interface GrantRow extends AccountColumns, RoleColumns {
  external_id: string;
  slug: string;
  opened: number;
  closed: number | null;
}

const GRANT = `
  select g.external_id, g.slug, g.opened, g.closed, ${ROLE}
  from grant_interval g join resource rr on rr.id = g.resource_id
    join resource_interval ri on ri.resource_id = g.resource_id and ri.trait = 'role' and ${open('ri', '$2')}
  where g.principal_id = i.resource_id and ${open('g', '$2')} and ($4::text is null or rr.public_id = $4)`;

// Of all roles, a page is read account by account in the order of names; of one role, from the role, which may have
// three holders among a hundred thousand accounts. The planner cannot know which, so `offset 0` tells it.
const rows = (oneRole: boolean): string => `
  from resource_interval i join resource r on r.id = i.resource_id
    join lateral (${GRANT} ${oneRole ? '' : 'offset 0'}) h on true
  where i.source_id = $1 and i.trait = 'user' and ${open('i', '$2')}
    and ($3::text is null or i.name ilike $3 or i.email ilike $3 or h.role_name ilike $3)`;

/**
 * Who holds which role, by the account's name.
 *
 * @throws BatonError `BK-NOT-FOUND` for an app, or a role of it, that never was
 */
export async function listGrants(
  q: Queryable,
  appId: string,
  query: SearchQuery & { roleId?: string | undefined },
): Promise<StatePage<GrantView>> {
  const place = placeOf('grants', [appId, query.asOf, query.query, query.roleId], query);
  if (![0, 3].includes(place.after.length)) throw fail('BK-CURSOR', {});
  const state = await stateOf(q, appId, query, place.syncId);
  if (query.roleId !== undefined) await needResource(q, appId, query.roleId, 'role');
  if (state === null) return { items: [], next: null, proof: null, total: null };
  const filter = [state.sourceId, state.position, patternOf(query.query), query.roleId ?? null];
  const [account, role, slug] = place.after;
  const from = rows(query.roleId !== undefined);
  const found = await q.query<GrantRow>(
    `select h.*, ${ACCOUNT} ${from}
       and ($5::text is null or (i.sort_name, i.resource_id) >= (
         select b.sort_name, b.resource_id from resource_interval b join resource rb on rb.id = b.resource_id
         where rb.public_id = $5 and b.source_id = $1 and ${open('b', '$2')}))
       and ($5::text is null or r.public_id <> $5 or (h.role_id collate "C", h.slug) > ($6::text, $7::text))
     order by i.sort_name, i.resource_id, h.role_id collate "C", h.slug limit $8`,
    [...filter, account ?? null, role ?? null, slug ?? null, place.limit + 1],
  );
  const shown = found.slice(0, place.limit);
  const bounds = await boundsOf(
    q,
    state,
    shown.flatMap((row) => [row.opened, row.closed]),
  );
  const view = (row: GrantRow): GrantView => ({
    externalId: row.external_id,
    account: accountRef(row),
    role: roleRef(row),
    slug: row.slug,
    interval: bounds.interval(row),
  });
  const unfiltered = filter[2] === null && filter[3] === null;
  const [total] = unfiltered
    ? [{ count: state.counts.grants }]
    : await q.query<{ count: number }>(`select count(*) as count ${from}`, filter);
  return {
    ...place.page(
      found,
      (row) => [row.account_id, row.role_id, row.slug],
      (page) => page.map(view),
      state.proof.syncId,
    ),
    proof: state.proof,
    total: total?.count ?? 0,
  };
}
