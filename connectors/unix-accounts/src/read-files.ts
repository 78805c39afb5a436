import { localPages, type PagedList, type Plan, type PlanFacts } from '@batonkit/connector';
import type { Clock } from '@batonkit/kernel';
import { readEntries } from './read-entries.ts';

/** Accounts first; groups then name them, and take in those whose primary group they are. */
export function readFiles(passwd: string, group: string, clock: Clock, reader: Omit<PlanFacts, 'notes'>): Plan {
  const byNumber = new Map<string, Set<string>>();
  const strangers = new Set<string>();
  const id = (entry: unknown): string => (entry as string[])[0] ?? '';
  const users: PagedList = {
    kind: 'paged',
    name: 'users',
    path: 'passwd',
    page: localPages(() => readEntries(passwd, 7), clock),
    id,
    take: (entry, out) => {
      const [name = '', , , gid = ''] = entry as string[];
      byNumber.set(gid, (byNumber.get(gid) ?? new Set()).add(name));
      out?.resource('user', name, entry);
      return {};
    },
  };
  const groups: PagedList = {
    kind: 'paged',
    name: 'groups',
    path: 'group',
    carries: ['assignments'],
    page: localPages(() => readEntries(group, 4), clock),
    id,
    take: (entry, out) => {
      const [name = '', , gid = '', listed = ''] = entry as string[];
      const accounts = new Set([...byNumber.values()].flatMap((names) => [...names]));
      const named = listed.split(',').filter(Boolean);
      // A name without an account opens no door.
      for (const user of named) if (!accounts.has(user)) strangers.add(user);
      const members = new Set([...named.filter((user) => accounts.has(user)), ...(byNumber.get(gid) ?? [])]);
      out?.resource('group', name, entry);
      out?.entitlement('group', name, entry);
      for (const user of members) out?.grant('group', name, [name, user]);
      return { carries: { assignments: [...members].map((user) => `${name}\n${user}`) } };
    },
  };
  const facts = (): PlanFacts => ({ ...reader, notes: { membersWithoutAccount: strangers.size } });
  return { name: 'files', photograph: 'groups', lists: [users, groups], facts };
}
