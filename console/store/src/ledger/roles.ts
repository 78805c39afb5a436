import { placeOf } from '../cursor.ts';
import type { Queryable } from '../db.ts';
import type { ListQuery, RoleView, StatePage } from '../views.ts';
import { lifetimesOf } from './lifetimes.ts';
import { rank, ROLE, type RoleColumns, roleRef } from './refs.ts';
import { boundsOf, open, stateOf } from './state.ts';

interface RoleRow extends RoleColumns {
  resource_id: number;
  external_id: string;
  attributes: { description?: string; capabilities?: string[] };
  entitlement: RoleView['entitlement'];
  holders: number;
}

/** Roles, the strongest tier first. */
export async function listRoles(q: Queryable, appId: string, query: ListQuery): Promise<StatePage<RoleView>> {
  const place = placeOf('roles', [appId, query.asOf], query);
  const state = await stateOf(q, appId, query, place.syncId);
  if (state === null) return { items: [], next: null, proof: null, total: null };
  const rows = await q.query<RoleRow>(
    `select ri.resource_id, rr.external_id, ${ROLE}, ri.attributes, (
         select jsonb_build_object('externalId', e.external_id, 'slug', e.slug, 'name', e.name)
         from entitlement_interval e where e.resource_id = ri.resource_id and ${open('e', '$2')}
         order by e.slug limit 1) as entitlement, (
         select count(distinct g.principal_id) from grant_interval g
         where g.resource_id = ri.resource_id and ${open('g', '$2')}) as holders
     from resource_interval ri join resource rr on rr.id = ri.resource_id
     where ri.source_id = $1 and ri.trait = 'role' and ${open('ri', '$2')}
       and ($3::text is null or (${rank('ri.tier')}, ri.sort_name, ri.resource_id) > (
         select ${rank('b.tier')}, b.sort_name, b.resource_id
         from resource_interval b join resource rb on rb.id = b.resource_id
         where rb.public_id = $3 and b.source_id = $1 and ${open('b', '$2')}))
     order by ${rank('ri.tier')}, ri.sort_name, ri.resource_id limit $4`,
    [state.sourceId, state.position, place.after[0] ?? null, place.limit + 1],
  );
  const ids = rows.slice(0, place.limit).map((row) => row.resource_id);
  const lifetime = await lifetimesOf(q, state, ids);
  const bounds = await boundsOf(
    q,
    state,
    ids.flatMap((id) => [lifetime(id).opened, lifetime(id).closed]),
  );
  const view = (row: RoleRow): RoleView => ({
    ...roleRef(row),
    externalId: row.external_id,
    description: row.attributes.description ?? '',
    entitlement: row.entitlement,
    capabilities: row.attributes.capabilities ?? [],
    holders: row.holders,
    interval: bounds.interval(lifetime(row.resource_id)),
  });
  return {
    ...place.page(
      rows,
      (row) => [row.role_id],
      (shown) => shown.map(view),
      state.proof.syncId,
    ),
    proof: state.proof,
    total: state.counts.roles,
  };
}
