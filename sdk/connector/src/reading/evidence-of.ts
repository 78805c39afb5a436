import type { Evidence } from '@batonkit/protocol';
import type { KnownLists } from './known-list.ts';
import type { Plan } from './plan.ts';

/** What a plan's passes have proven, as it goes with the rows. */
export function evidenceOf(
  plan: Plan,
  lists: KnownLists,
  time: Pick<Evidence, 'moment' | 'window'>,
  passes: number,
): Evidence {
  const { roleId, owner, origin, notes, serverScoped, exceptions = [], onlyTypes, added = {} } = plan.facts();
  for (const { members } of lists.all()) members.dropAside();
  const uncounted = lists.all().filter(({ isUncounted }) => isUncounted).length;
  return {
    ...time,
    verdict: onlyTypes !== undefined ? 'narrowed' : exceptions.length > 0 ? 'complete with exceptions' : 'complete',
    scope: onlyTypes === undefined ? 'full' : { types: [...onlyTypes].sort(), skip: [] },
    passes,
    exceptions: exceptions.map(({ name, reason, by, at }) => ({ name, reason, by, at })),
    origin,
    plan: plan.name,
    roleId,
    owner: { id: owner.id, roles: [...owner.roles].sort() },
    lists: lists.all().map(({ evidence, members }) => ({
      ...evidence,
      distinct: members.size + (added[evidence.name] ?? 0),
      serverScoped: serverScoped?.[evidence.name] ?? 0,
      digest: members.digest(),
    })),
    // Two passes in different pages agreed, and nothing else says that they are all.
    notes: { ...notes, ...(uncounted > 0 ? { listsWithoutCount: uncounted } : {}) },
  };
}
