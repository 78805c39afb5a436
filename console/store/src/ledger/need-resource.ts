import type { Queryable } from '../db.ts';
import { fail } from '../errors.ts';

/**
 * Makes sure that a list is narrowed to something that an app has, or had at some time: of an id that was never there
 * an empty list would say "nobody".
 *
 * @throws BatonError `BK-NOT-FOUND`
 */
export async function needResource(
  q: Queryable,
  appId: string,
  publicId: string,
  trait: 'user' | 'role',
): Promise<void> {
  const [found] = await q.query(
    `select from resource r join source s on s.id = r.source_id
     where r.public_id = $2 and s.app_id = $1
       and exists (select from resource_interval i join applied_sync p
         on p.source_id = r.source_id and p.position = i.opened where i.resource_id = r.id and i.trait = $3)`,
    [appId, publicId, trait],
  );
  if (found === undefined) throw fail('BK-NOT-FOUND', { what: trait === 'user' ? 'account' : 'role' });
}
