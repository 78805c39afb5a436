import { placeOf } from '../cursor.ts';
import type { Queryable } from '../db.ts';
import { fail } from '../errors.ts';
import type { AppView, AsOfQuery, Page, PagingQuery } from '../views.ts';
import { stateOf } from './state.ts';

interface AppRow {
  id: string;
  name: string;
  connectors: { id: string; name: string }[];
}

const SELECT = `
  select a.id, a.name, (
    select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name) order by lower(c.name), c.id), '[]')
    from connector c where c.app_id = a.id) as connectors
  from app a`;

/** Apps by name, each at its newest state. */
export async function listApps(q: Queryable, query: PagingQuery): Promise<Page<AppView>> {
  const place = placeOf('apps', [], query);
  const rows = await q.query<AppRow>(
    `${SELECT}
     where $1::text is null or (lower(a.name), a.id) > (select lower(b.name), b.id from app b where b.id = $1)
     order by lower(a.name), a.id limit $2`,
    [place.after[0] ?? null, place.limit + 1],
  );
  const views: AppView[] = [];
  for (const row of rows.slice(0, place.limit)) views.push(await appView(q, row, {}));
  return place.page(
    rows,
    (row) => [row.id],
    () => views,
  );
}

/** @throws BatonError `BK-NOT-FOUND`, `BK-AS-OF` */
export async function getApp(q: Queryable, appId: string, query: AsOfQuery): Promise<AppView> {
  const [row] = await q.query<AppRow>(`${SELECT} where a.id = $1`, [appId]);
  if (row === undefined) throw fail('BK-NOT-FOUND', { what: 'app' });
  return appView(q, row, query);
}

async function appView(q: Queryable, row: AppRow, query: AsOfQuery): Promise<AppView> {
  const state = await stateOf(q, row.id, query);
  return { ...row, counts: state?.counts ?? null, proof: state?.proof ?? null };
}
