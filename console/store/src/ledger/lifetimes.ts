import type { Queryable } from '../db.ts';
import type { LedgerState } from './state.ts';

/** Since when and until when resources are there, whatever their texts were meanwhile. */
export async function lifetimesOf(
  q: Queryable,
  state: LedgerState,
  resourceIds: number[],
): Promise<(resourceId: number) => { opened: number; closed: number | null }> {
  const rows = await q.query<{ resource_id: number; opened: number; closed: number | null }>(
    `select resource_id, opened, closed from resource_interval
     where resource_id = any($1::bigint[]) and opened <= $2 order by resource_id, opened`,
    [resourceIds, state.position],
  );
  const lifetimes = new Map<number, { opened: number; closed: number | null }[]>();
  for (const { resource_id: id, opened, closed } of rows) {
    const chain = lifetimes.get(id) ?? [];
    lifetimes.set(id, chain);
    const last = chain.at(-1);
    // A changed name closes one row and opens the next at the same position: the same life.
    if (last !== undefined && last.closed === opened) last.closed = closed;
    else chain.push({ opened, closed });
  }
  return (resourceId) => {
    const life = lifetimes
      .get(resourceId)
      ?.find(({ opened, closed }) => opened <= state.position && (closed === null || closed > state.position));
    if (life === undefined) throw new Error(`resource ${resourceId} is not part of the state that lists it`);
    return life;
  };
}
