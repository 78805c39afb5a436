import { placeOf } from '../cursor.ts';
import type { Queryable } from '../db.ts';
import { fail } from '../errors.ts';
import { ADMINISTRATORS } from '../ingest/compare.ts';
import type { ListQuery, Page, TimelineEntry } from '../views.ts';
import { ACCOUNT, type AccountColumns, accountRef, ROLE, type RoleColumns, roleRef } from './refs.ts';
import { boundsOf, stateOf } from './state.ts';

interface EventRow extends AccountColumns, RoleColumns {
  position: number;
  sync_id: string;
  kind: 'gained' | 'lost';
  slug: string;
}

// A gain shows account and role as the sync had them that brought it, a loss as the state before it had them.
const rowAt = (table: string, id: string): string => `
  join lateral (
    select x.* from resource_interval x where x.resource_id = ${id}
      and x.opened <= case when e.kind = 'gained' then e.position else e.position - 1 end
    order by x.opened desc limit 1) ${table} on true`;

/**
 * Changes in who holds a role of an administrators' tier, newest first; with `accountId` that account's changes in all
 * its roles. The tier is the one that the role had then.
 */
export async function listTimeline(
  q: Queryable,
  appId: string,
  query: ListQuery & { accountId?: string | undefined },
): Promise<Page<TimelineEntry>> {
  const place = placeOf('timeline', [appId, query.asOf, query.accountId], query);
  if (![0, 5].includes(place.after.length)) throw fail('BK-CURSOR', {});
  const state = await stateOf(q, appId, query, place.syncId);
  if (state === null) return { items: [], next: null };
  const [sync, kind, account, role, slug] = place.after;
  const rows = await q.query<EventRow>(
    `with g as (
       select * from grant_interval where source_id = $1 and opened <= $2
         and ($3::text is null or principal_id = (select id from resource where public_id = $3 and source_id = $1))),
     e as (
       select opened as position, 'gained' as kind, resource_id, slug, principal_id from g
       union all
       select closed, 'lost', resource_id, slug, principal_id from g where closed <= $2)
     select e.position, p.sync_id, e.kind, e.slug, ${ACCOUNT}, ${ROLE}
     from e join applied_sync p on p.source_id = $1 and p.position = e.position
       join resource r on r.id = e.principal_id join resource rr on rr.id = e.resource_id
       ${rowAt('i', 'e.principal_id')} ${rowAt('ri', 'e.resource_id')}
     where i.trait = 'user' and ri.trait = 'role'
       and ($3::text is not null or coalesce(ri.tier, 'unclassified') in ${ADMINISTRATORS})
       and ($4::text is null
         or (-e.position, e.kind collate "C", r.public_id collate "C", rr.public_id collate "C", e.slug) > (
           -(select position from applied_sync where source_id = $1 and sync_id = $4),
           $5::text, $6::text, $7::text, $8::text))
     order by e.position desc, e.kind collate "C", r.public_id collate "C", rr.public_id collate "C", e.slug limit $9`,
    [
      state.sourceId,
      state.position,
      query.accountId ?? null,
      sync ?? null,
      kind ?? null,
      account ?? null,
      role ?? null,
      slug ?? null,
      place.limit + 1,
    ],
  );
  const bounds = await boundsOf(
    q,
    state,
    rows.map((row) => row.position),
  );
  return place.page(
    rows,
    (row) => [row.sync_id, row.kind, row.account_id, row.role_id, row.slug],
    (shown) =>
      shown.map((row) => ({
        kind: row.kind,
        account: accountRef(row),
        role: roleRef(row),
        bound: bounds.at(row.position),
        first: bounds.isFirst(row.position),
      })),
    state.proof.syncId,
  );
}
