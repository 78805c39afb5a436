import type { Clock } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import type { TenantForm, Way } from '../tenant/tenant-form.ts';
import type { Discovery } from './discovery.ts';
import { askOwner, askSecondWay, type Opinion } from './second-opinion.ts';

/**
 * Everything a sync needs, step by step: the key, the users, the roles, the assignments, and a second
 * way to the same assignments where there is one. After the key, what hangs on no other answer is asked for together.
 *
 * @param most requests at once
 * @param isKnown an earlier sync with this configuration asked the second way already
 * @throws BatonError of the first step that fails
 */
export async function connect(
  discovery: Discovery,
  { clock, isKnown, most }: { clock: Clock; isKnown: boolean; most: number },
  signal: AbortSignal,
): Promise<TenantForm> {
  await discovery.findMe(signal);
  using _ahead = discovery.lookAhead(most, signal);
  await discovery.findUsers(signal);
  await discovery.findRoles(signal);
  await discovery.findAssignments(signal);
  return discovery.form(await compareWays(discovery, { now: clock.now(), isKnown }, signal));
}

/**
 * Compares two ways to the same roles; each time for the key's owner, and once for some others.
 * @returns the way to take instead of the first, if somebody said which is right and they differ
 */
async function compareWays(
  discovery: Discovery,
  { now, isKnown }: { now: number; isKnown: boolean },
  signal: AbortSignal,
): Promise<Way | undefined> {
  const { plan, exceptions } = discovery.settings;
  // Whoever names a plan has said which is right.
  if (plan !== undefined) return undefined;
  // Lists are compared whole only when they were read; who said that another way is right is not asked again.
  const [first] = discovery.ways;
  const right = discovery.ways.find((way) => way.plan === exceptions.value('disagreement'));
  if (right !== undefined && right !== first && first?.plan !== 'embedded') {
    exceptions.overruled('disagreement');
    return right;
  }
  const byOwner = judge(discovery, await askOwner(discovery, now, signal));
  // An exception that was needed once is needed, and marked, each time.
  const isAsked = !isKnown || exceptions.value('disagreement') !== undefined;
  return byOwner ?? (isAsked ? judge(discovery, await askSecondWay(discovery, now, signal)) : undefined);
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
    throw fail('RL-DISAGREE', { first, second, people: differ, of: compared });
  }
  return way;
}
