import type { Clock } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import type { TenantForm, Way } from '../tenant/tenant-form.ts';
import type { Discovery } from './discovery.ts';
import { askSecondWay, type Opinion } from './second-opinion.ts';

/**
 * Everything a sync needs, step by step: the key, the users, the roles, the assignments, and a second
 * way to the same assignments where there is one.
 *
 * @param isKnown an earlier sync with this configuration asked the second way already
 * @throws BatonError of the first step that fails
 */
export async function connect(
  discovery: Discovery,
  { clock, isKnown }: { clock: Clock; isKnown: boolean },
  signal: AbortSignal,
): Promise<TenantForm> {
  await discovery.findMe(signal);
  await discovery.findUsers(signal);
  await discovery.findRoles(signal);
  await discovery.findAssignments(signal);
  const { plan, exceptions } = discovery.settings;
  const isSettled = plan !== undefined;
  // An exception that was needed once is needed, and marked, each time.
  if (isSettled || (isKnown && exceptions.value('disagreement') === undefined)) return discovery.form();
  return discovery.form(judge(discovery, await askSecondWay(discovery, clock.now(), signal)));
}

/**
 * The way to take when two were compared.
 * @throws BatonError `RL-DISAGREE` unless somebody said which one is right
 */
export function judge(discovery: Discovery, opinion: Opinion | undefined): Way | undefined {
  if (opinion === undefined || opinion.differ === 0) return undefined;
  const { first, second, compared, differ } = opinion;
  const right = discovery.settings.exceptions.overruled('disagreement');
  const way = discovery.ways.find(({ plan }) => plan === right);
  if (way === undefined) {
    throw fail('RL-DISAGREE', { first: first.plan, second: second.plan, people: differ, of: compared });
  }
  return way;
}
