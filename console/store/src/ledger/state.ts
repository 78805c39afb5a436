import type { Queryable } from '../db.ts';
import { fail } from '../errors.ts';
import type { Counts } from '@batonkit/console-domain';
import type { Bound, Exception, Interval, Proof, Span, Verdict } from '../views.ts';

/** One state of an app's source: what its lists show. */
export interface LedgerState {
  sourceId: number;
  /** Rows with opened <= position and (closed is null or closed > position) are part of it. */
  position: number;
  windowEnd: string;
  counts: Counts & { administrators: number };
  proof: Proof;
}

interface StateRow {
  source_id: number;
  position: number;
  sync_id: string;
  window_end: string;
  applied_at: string;
  confirmed_by: string | null;
  counts: Counts & { administrators: number };
  verdict: Verdict;
  exceptions: Exception[];
  dated: Span['kind'];
  moment_from: string;
  moment_to: string;
  signed: boolean;
}

/**
 * The state of an app at an instant: its newest applied sync whose window had ended by then. Null: none, so nothing is
 * known.
 *
 * @param at an instant from `instantOf`, or undefined for the newest; `syncId` of a cursor goes before it
 * @throws BatonError `BK-NOT-FOUND` for an unknown app, `BK-AS-OF`, `BK-CURSOR` for a sync that is not the app's
 */
export async function stateOf(
  q: Queryable,
  appId: string,
  query: { asOf?: string | undefined },
  syncId?: string,
): Promise<LedgerState | null> {
  const at = query.asOf === undefined ? null : instantOf(query.asOf);
  const [app] = await q.query<{ state: boolean } & StateRow>(
    `select p.position is not null as state, p.*, s.verdict, s.exceptions, s.dated, s.moment_from, s.moment_to, s.signed
     from app a left join connector c on c.app_id = a.id
       left join lateral (
         select * from applied_sync where source_id = c.source_id
           and case when $3::text is null then $2::timestamptz is null or window_end <= $2 else sync_id = $3 end
         order by position desc limit 1) p on true
       left join sync s on s.id = p.sync_id
     where a.id = $1`,
    [appId, at, syncId ?? null],
  );
  if (app === undefined) throw fail('BK-NOT-FOUND', { what: 'app' });
  if (!app.state) {
    if (syncId !== undefined) throw fail('BK-CURSOR', {});
    return null;
  }
  return {
    sourceId: app.source_id,
    position: app.position,
    windowEnd: app.window_end,
    counts: app.counts,
    proof: {
      syncId: app.sync_id,
      verdict: app.verdict,
      exceptions: app.exceptions,
      span: { kind: app.dated, from: app.moment_from, to: app.moment_to },
      appliedAt: app.applied_at,
      confirmedBy: app.confirmed_by,
      signed: app.signed,
    },
  };
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The last millisecond that an `asOf` includes: an RFC 3339 instant as it is, a bare date its end in UTC.
 *
 * @throws BatonError `BK-AS-OF`
 */
export function instantOf(asOf: string): string {
  const day = DATE.test(asOf) ? asOf : INSTANT.exec(asOf)?.[1];
  const time = Date.parse(day === asOf ? `${asOf}T23:59:59.999Z` : asOf);
  // Date.parse takes 31 June for 1 July; nobody asks for that.
  if (day === undefined || Number.isNaN(time) || !isDay(day)) throw fail('BK-AS-OF', {});
  const instant = new Date(time).toISOString();
  // An offset can lead out of the four-digit years, which the database has no such form for.
  if (!DATE.test(instant.slice(0, 10))) throw fail('BK-AS-OF', {});
  return instant;
}

function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

/** Positions in words: the syncs that bound a change. */
export interface Bounds {
  /** Between which syncs something changed at this position. */
  at(position: number): Bound;
  /** Whether nothing was applied before it. */
  isFirst(position: number): boolean;
  /** What ended after the state was there in it, so it has no end as of then. */
  interval(row: { opened: number; closed: number | null }): Interval;
}

/** Reads the bounds of some positions; each change lies between the start of the sync before and the end of its own. */
export async function boundsOf(q: Queryable, state: LedgerState, positions: Iterable<number | null>): Promise<Bounds> {
  const wanted = [...new Set(positions)].filter((position) => position !== null && position <= state.position);
  const rows = await q.query<{ position: number; sync_id: string; before: string; after: string | null }>(
    `select p.position, p.sync_id, p.window_end as before, (
       select window_start from applied_sync e
       where e.source_id = p.source_id and e.position < p.position order by e.position desc limit 1) as after
     from applied_sync p where p.source_id = $1 and p.position = any($2::bigint[])`,
    [state.sourceId, wanted],
  );
  const known = new Map(rows.map((row) => [row.position, row]));
  const of = (position: number): (typeof rows)[number] => {
    const row = known.get(position);
    if (row === undefined) throw new Error(`position ${position} of source ${state.sourceId} is in no applied sync`);
    return row;
  };
  const at = (position: number): Bound => {
    const { after, before, sync_id: syncId } = of(position);
    return { after, before, syncId };
  };
  return {
    at,
    isFirst: (position) => of(position).after === null,
    interval: ({ opened, closed }) => ({
      from: at(opened),
      to: closed === null || closed > state.position ? null : at(closed),
    }),
  };
}

/** SQL: whether the interval `alias` is part of the state at the position `param`. */
export function open(alias: string, param: string): string {
  return `${alias}.opened <= ${param} and (${alias}.closed is null or ${alias}.closed > ${param})`;
}

/** A search text as a pattern for ILIKE; null matches everything. */
export function patternOf(query: string | undefined): string | null {
  const text = (query ?? '').trim().replaceAll('\0', '');
  return text === '' ? null : `%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`;
}
