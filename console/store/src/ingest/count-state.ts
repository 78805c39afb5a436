import type { Queryable } from '../db.ts';
import type { Counts } from '@batonkit/console-domain';
import { ADMINISTRATORS } from './administrator-tiers.ts';

/** Counts what the lists show at a position. Administrators are by role or by flag. */
export async function countState(
  q: Queryable,
  sourceId: number,
  position: number,
): Promise<Counts & { administrators: number }> {
  const [row] = await q.query<Counts & { administrators: number }>(
    `with resources as (
       select resource_id, trait, tier, by_flag from resource_interval
       where source_id = $1 and opened <= $2 and (closed is null or closed > $2)),
     grants as (
       select resource_id, principal_id from grant_interval
       where source_id = $1 and opened <= $2 and (closed is null or closed > $2))
     select (select count(*) from resources where trait = 'user') as accounts,
       (select count(*) from resources where trait = 'role') as roles,
       (select count(*) from grants) as grants,
       (select count(*) from (
         select g.principal_id from resources r join grants g on g.resource_id = r.resource_id
         where r.trait = 'role' and coalesce(r.tier, 'unclassified') in ${ADMINISTRATORS}
         union
         select resource_id from resources where by_flag) x) as administrators`,
    [sourceId, position],
  );
  if (row === undefined) throw new Error('a count without a row');
  return row;
}
