import type { PlanDescription } from '@batonkit/connector';
import { estimateRequests } from '../tenant/estimate.ts';
import type { Discovery } from './discovery.ts';
import { pageSizeOf, totalsOf } from './ways.ts';

const passes = 2;

/** How a sync would read this tenant, and with how many requests. */
export function describeWay(discovery: Discovery): PlanDescription {
  const { users, roles } = discovery;
  const [way] = discovery.ways;
  if (way === undefined) throw new RangeError('There is no way to read.');
  const requests = estimateRequests(way, totalsOf(discovery), pageSizeOf(discovery));
  const list = (name: string, path: string, count: number | null) => ({
    name,
    path,
    count,
    requests: passes * (requests[name] ?? 0),
  });
  const lists = [
    ...(roles === 'catalogue' ? [] : [list('roles', roles.path, roles.count)]),
    list('users', users.path, users.count),
    ...(way.plan === 'embedded' ? [] : [list('assignments', way.path, way.count)]),
  ];
  return { plan: way.plan, requests: lists.reduce((sum, one) => sum + one.requests, 0), lists };
}
