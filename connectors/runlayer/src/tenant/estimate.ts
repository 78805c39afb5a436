import type { Way } from './tenant-form.ts';

/**
 * Requests of one pass by a way of reading, by list; at least so many. A list ends with a page that is
 * empty, as a count can lie.
 *
 * @param totals members by list name
 */
export function estimateRequests(
  way: Way,
  totals: Readonly<Record<string, number>>,
  pageSize: number,
): Record<string, number> {
  const pages = (rows: number): number => Math.ceil(rows / Math.max(1, pageSize)) + 1;
  const { users = 0, roles = 0, assignments } = totals;
  const lists = { roles: pages(roles), users: pages(users) };
  switch (way.plan) {
    case 'embedded':
      return lists;
    case 'per-user':
      return { ...lists, assignments: users };
    case 'per-role':
      return { ...lists, assignments: roles + Math.floor(users / Math.max(1, pageSize)) };
    case 'flat':
      return { ...lists, assignments: pages(way.count ?? assignments ?? users) };
    default:
      throw new RangeError('unknown plan');
  }
}
