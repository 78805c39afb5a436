import type { Queryable } from '../db.ts';
import { rank } from '../ledger/refs.ts';
import type { HeldNewcomer } from '../views.ts';
import { ADMINISTRATORS } from './administrator-tiers.ts';
import type { Base } from './position.ts';

/**
 * Administrators of a staged sync, by role or by flag, who are none in the newest applied state; at most 100. Should the
 * sync be held they are shown all the same: a drop must not hide a newcomer.
 */
export async function newcomersOf(q: Queryable, syncId: string, base: Base): Promise<HeldNewcomer[]> {
  const rows = await q.query<{ name: string; email: string | null; roles: string[] }>(
    `with holder as (
       select g.principal_type as type, g.principal_external_id as external_id, s.name as role, s.tier
       from staged_resource s join staged_grant g
         on g.sync_id = s.sync_id and g.resource_type = s.type and g.resource_external_id = s.external_id
       where s.sync_id = $1 and s.trait = 'role' and coalesce(s.tier, 'unclassified') in ${ADMINISTRATORS})
     select u.name, u.email, (
       select coalesce(jsonb_agg(h.role order by ${rank('h.tier')}, h.role), '[]') from holder h
       where h.type = u.type and h.external_id = u.external_id) as roles
     from staged_resource u
     where u.sync_id = $1 and u.trait = 'user'
       and (u.by_flag or (u.type, u.external_id) in (select type, external_id from holder))
       and not exists (
         select from resource r join resource_interval i on i.resource_id = r.id and i.closed is null
         where r.source_id = $2 and r.type = u.type and r.external_id = u.external_id and (i.by_flag or exists (
           select from grant_interval g
             join resource_interval ri on ri.resource_id = g.resource_id and ri.closed is null and ri.trait = 'role'
           where g.principal_id = r.id and g.closed is null and coalesce(ri.tier, 'unclassified') in ${ADMINISTRATORS})))
     order by u.name, u.external_id limit 100`,
    [syncId, base.sourceId],
  );
  return rows.map(({ name, email, roles }) => ({ account: { name, email }, roles }));
}
