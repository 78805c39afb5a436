import { placeOf } from './cursor.ts';
import type { Queryable } from './db.ts';
import { fail } from './errors.ts';
import { OUTCOME } from './outcome.ts';
import type { ConnectorView, HeldView, LastGood, Page, PagingQuery, RunView } from './views.ts';

const INSTANT = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const instant = (column: string): string => `to_char(${column} at time zone 'UTC', ${INSTANT})`;

// One row a connector, whatever it has: a list of connectors costs one query.
const SELECT = `
  select c.id, c.name, c.catalog_id as "catalogId", c.created_at as "createdAt",
    jsonb_build_object('id', a.id, 'name', a.name) as app,
    (select coalesce(jsonb_agg(jsonb_build_object('id', u.id, 'name', u.name) order by o.ordinal), '[]')
     from connector_owner o join local_user u on u.id = o.user_id where o.connector_id = c.id) as owners,
    (select coalesce(jsonb_agg(x.setting order by x.name), '[]') from (
       select name, jsonb_build_object('name', name, 'value', value) as setting from setting where connector_id = c.id
       union all
       select name, jsonb_build_object('name', name, 'secret', jsonb_build_object(
         'lastFour', last_four, 'setAt', ${instant('set_at')}, 'setBy', set_by, 'names', names))
       from secret where connector_id = c.id) x) as settings,
    (select jsonb_build_object('id', r.id, 'requestedAt', ${instant('r.requested_at')},
       'claimedAt', ${instant('r.claimed_at')}, 'startedAt', ${instant('r.started_at')}, 'attempt', r.attempt,
       'phase', r.phase, 'lists', r.progress -> 'lists', 'waiting', r.progress -> 'waiting',
       'plan', r.progress -> 'plan', 'requests', coalesce((r.progress ->> 'requests')::integer, 0),
       'ingestAt', ${instant('r.ingest_at')}, 'finishedAt', ${instant('r.finished_at')}, 'outcome', ${OUTCOME},
       'error', r.error, 'confirmedAt', ${instant('s.confirmed_at')})
     from sync_run r left join sync s on s.id = r.sync_id
     where r.connector_id = c.id order by r.requested_at desc, r.id desc limit 1) as run,
    (select case when r.ending = 'failed' then jsonb_build_object('at', ${instant('r.finished_at')}, 'error', r.error) end
     from sync_run r where r.connector_id = c.id and r.ending <> 'cancelled'
     order by r.requested_at desc, r.id desc limit 1) as "failedBefore",
    (select jsonb_build_object('syncId', s.id, 'runId', s.run_id, 'at', ${instant('s.decided_at')},
       'reasons', s.reasons, 'comparison', s.comparison)
     from sync s where s.connector_id = c.id and s.disposition = 'held'
     order by s.decided_at desc limit 1) as held,
    (select jsonb_build_object('syncId', p.sync_id, 'at', ${instant('p.applied_at')},
       'verdict', s.verdict, 'exceptions', s.exceptions, 'span', jsonb_build_object(
         'kind', s.dated, 'from', ${instant('s.moment_from')}, 'to', ${instant('s.moment_to')}),
       'counts', p.counts - 'administrators', 'warnings', s.warnings)
     from applied_sync p join sync s on s.id = p.sync_id
     where p.source_id = c.source_id order by p.position desc limit 1) as "lastGood"
  from connector c join app a on a.id = c.app_id`;

interface HeldRow extends Pick<HeldView, 'syncId' | 'runId' | 'at' | 'reasons'> {
  comparison: Omit<HeldView, 'syncId' | 'runId' | 'at' | 'reasons' | 'administrators' | 'newcomers'> & {
    administratorChanges: HeldView['administrators'];
    newcomers?: HeldView['newcomers'];
  };
}

interface ConnectorRow extends Omit<ConnectorView, 'run' | 'held' | 'lastGood'> {
  run: RunView | null;
  held: HeldRow | null;
  lastGood: LastGood | null;
}

function view(row: ConnectorRow): ConnectorView {
  return { ...row, held: row.held === null ? null : heldView(row.held) };
}

function heldView({ comparison, ...held }: HeldRow): HeldView {
  return {
    ...held,
    before: comparison.before,
    after: comparison.after,
    grantsRemoved: comparison.grantsRemoved,
    grantsAdded: comparison.grantsAdded,
    accountsRemoved: comparison.accountsRemoved,
    accountsAdded: comparison.accountsAdded,
    administrators: comparison.administratorChanges,
    // One that was held by an earlier version has none.
    newcomers: comparison.newcomers ?? [],
  };
}

/** All connectors, by name. */
export async function listConnectors(q: Queryable, query: PagingQuery): Promise<Page<ConnectorView>> {
  const place = placeOf('connectors', [], query);
  const rows = await q.query<ConnectorRow>(
    `${SELECT}
     where $1::text is null
       or (lower(c.name), c.id) > (select lower(before.name), before.id from connector before where before.id = $1)
     order by lower(c.name), c.id limit $2`,
    [place.after[0] ?? null, place.limit + 1],
  );
  return place.page(
    rows,
    (row) => [row.id],
    (shown) => shown.map(view),
  );
}

/** @throws BatonError `BK-NOT-FOUND` */
export async function getConnector(q: Queryable, connectorId: string): Promise<ConnectorView> {
  const [row] = await q.query<ConnectorRow>(`${SELECT} where c.id = $1`, [connectorId]);
  if (row === undefined) throw fail('BK-NOT-FOUND', { what: 'connector' });
  return view(row);
}

/** Connectors of some apps, for their states. */
export async function connectorsOfApps(q: Queryable, appIds: string[]): Promise<ConnectorView[]> {
  const rows = await q.query<ConnectorRow>(`${SELECT} where c.app_id = any($1::text[]) order by lower(c.name), c.id`, [
    appIds,
  ]);
  return rows.map(view);
}
