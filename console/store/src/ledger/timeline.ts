import { placeOf } from '../cursor.ts';
import type { Queryable } from '../db.ts';
import { fail } from '../errors.ts';
import { ADMINISTRATORS } from '../ingest/administrator-tiers.ts';
import type { ListQuery, Page, TimelineEntry, TimelineKind } from '../views.ts';
import { needResource } from './need-resource.ts';
import { ACCOUNT, type AccountColumns, accountRef, ROLE, type RoleColumns, roleRef } from './refs.ts';
import { boundsOf, stateOf } from './state.ts';

interface EventRow extends Omit<AccountColumns, 'account_id'>, RoleColumns {
  account_id: string | null;
  position: number;
  sync_id: string;
  kind: TimelineKind;
  slug: string;
  holders: number;
}

// A loss shows account and role as the state before it had them, everything else as the sync had them that brought it.
const rowAt = (table: string, id: string): string => `
  join lateral (
    select x.* from resource_interval x where x.resource_id = ${id}
      and x.opened <= case when e.kind = 'lost' then e.position - 1 else e.position end
    order by x.opened desc limit 1) ${table} on true`;

const ACCOUNT_ID = `coalesce(r.public_id, '') collate "C"`;
const makesAdministrators = (interval: string): string =>
  `(coalesce(${interval}.tier, 'unclassified') in ${ADMINISTRATORS})`;
// Holders of a role before and after the position, among the grants looked at.
const heldThroughout = (role: string, position: string): string => `
  from g where g.resource_id = ${role} and g.opened < ${position} and (g.closed is null or g.closed > ${position})`;

/**
 * Changes in who holds a role of an administrators' tier, newest first; with `accountId` that account's changes in all
 * its roles. The tier is the one that the role had then. A role whose tier changes makes administrators of its holders,
 * or none, without a grant that comes or goes: that is one entry for the role.
 *
 * @throws BatonError `BK-NOT-FOUND` for an app, or an account of it, that never was
 */
export async function listTimeline(
  q: Queryable,
  appId: string,
  query: ListQuery & { accountId?: string | undefined },
): Promise<Page<TimelineEntry>> {
  const place = placeOf('timeline', [appId, query.asOf, query.accountId], query);
  if (![0, 5].includes(place.after.length)) throw fail('BK-CURSOR', {});
  const state = await stateOf(q, appId, query, place.syncId);
  if (query.accountId !== undefined) await needResource(q, appId, query.accountId, 'user');
  if (state === null) return { items: [], next: null };
  const [sync, kind, account, role, slug] = place.after;
  const rows = await q.query<EventRow>(
    `with g as (
       select * from grant_interval where source_id = $1 and opened <= $2
         and ($3::text is null or principal_id = (select id from resource where public_id = $3 and source_id = $1))),
     e as (
       select opened as position, 'gained' as kind, resource_id, slug, principal_id from g
       union all
       select closed, 'lost', resource_id, slug, principal_id from g where closed <= $2
       union all
       select n.opened, case when ${makesAdministrators('n')} then 'raised' else 'lowered' end, n.resource_id, '', null
       from resource_interval n join resource_interval o on o.resource_id = n.resource_id and o.closed = n.opened
       where n.source_id = $1 and n.trait = 'role' and n.opened <= $2
         and ${makesAdministrators('n')} <> ${makesAdministrators('o')}
         and exists (select ${heldThroughout('n.resource_id', 'n.opened')}))
     select e.position, p.sync_id, e.kind, e.slug, ${ACCOUNT}, ${ROLE}, case when e.principal_id is null then
       (select count(distinct g.principal_id) ${heldThroughout('e.resource_id', 'e.position')}) end as holders
     from e join applied_sync p on p.source_id = $1 and p.position = e.position
       left join resource r on r.id = e.principal_id join resource rr on rr.id = e.resource_id
       left ${rowAt('i', 'e.principal_id')} ${rowAt('ri', 'e.resource_id')}
     where (e.principal_id is null or i.trait = 'user') and ri.trait = 'role'
       and ($3::text is not null or e.principal_id is null or ${makesAdministrators('ri')})
       and ($4::text is null
         or (-e.position, e.kind collate "C", ${ACCOUNT_ID}, rr.public_id collate "C", e.slug) > (
           -(select position from applied_sync where source_id = $1 and sync_id = $4),
           $5::text, $6::text, $7::text, $8::text))
     order by e.position desc, e.kind collate "C", ${ACCOUNT_ID}, rr.public_id collate "C", e.slug limit $9`,
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
    (row) => [row.sync_id, row.kind, row.account_id ?? '', row.role_id, row.slug],
    (shown) =>
      shown.map((row) => ({
        kind: row.kind,
        account: row.account_id === null ? null : accountRef({ ...row, account_id: row.account_id }),
        role: roleRef(row),
        holders: row.account_id === null ? row.holders : null,
        bound: bounds.at(row.position),
        first: bounds.isFirst(row.position),
      })),
    state.proof.syncId,
  );
}
