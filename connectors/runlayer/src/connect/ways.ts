import { BatonError } from '@batonkit/kernel';
import type { Page } from '../api/read-whole.ts';
import type { Wanted } from '../api/runlayer-api.ts';
import { wantAssignments, wantHolders, wantRolesOf } from '../api/wanted.ts';
import { fail } from '../errors.ts';
import { userOf } from '../mapping/assignment.ts';
import { asRow } from '../mapping/read-id.ts';
import { planNames, type PlanName } from '../settings.ts';
import { embeddedKeysOf } from '../tenant/embedded.ts';
import { estimateRequests } from '../tenant/estimate.ts';
import type { Way } from '../tenant/tenant-form.ts';
import type { FoundLists } from './found-lists.ts';

type Other = Exclude<PlanName, 'embedded'>;

/** How messages call the lists of a way. */
export const wantOf: Readonly<Record<Other, (path: string) => Wanted>> = {
  'per-role': wantHolders,
  flat: wantAssignments,
  'per-user': wantRolesOf,
};

const paths: Readonly<Record<Other, readonly string[]>> = {
  'per-role': ['/roles/{id}/users'],
  flat: ['/role-assignments'],
  'per-user': ['/users/{id}/roles', '/users/{id}/role-assignments', '/fga/users/{id}/roles'],
};

/** The way by what stands on the users: a key counts only if it is there on each of them. */
export function waysOnUsers(rows: readonly unknown[]): Way[] {
  const [first, ...others] = rows.map((row) => embeddedKeysOf(asRow(row, 'A user')));
  const key = first?.find((key) => others.every((keys) => keys.includes(key)));
  return key === undefined ? [] : [{ plan: 'embedded', key }];
}

/**
 * Tries the other ways out, with the key's owner and one role.
 * @param isOneThere then only the roles of single users are looked for, as a second way
 */
export async function findOtherWays(lists: FoundLists, isOneThere: boolean, signal: AbortSignal): Promise<Way[]> {
  const { settings } = lists;
  const isWanted = (plan: Other): boolean =>
    settings.plan === plan ||
    plan === 'per-user' ||
    settings.exceptions.value('disagreement') === plan ||
    (!isOneThere && settings.plan === undefined);
  const plans = others.filter((plan) => isWanted(plan) && candidatesOf(lists, plan).length > 0);
  for (const plan of plans) startLooks(lists, plan);
  const ways: Way[] = [];
  for (const plan of plans) {
    try {
      const way = await tryOut(lists, plan, signal);
      if (way !== undefined) ways.push(way);
    } catch (error) {
      if (!(error instanceof BatonError) || !isSurvivable(error)) throw error;
      lists.unusable.push({ plan, error });
    }
  }
  return ways;
}

const others = ['per-role', 'flat', 'per-user'] as const;

function candidatesOf({ settings }: FoundLists, plan: Other): readonly string[] {
  const named = settings.paths.assignments;
  return named === undefined ? paths[plan] : planOf(named) === plan ? [named] : [];
}

/** The roles of the key's owner are asked for in any case, and hang on no other answer. */
export function startRolesOfOwner(lists: FoundLists): void {
  startLooks(lists, 'per-user');
}

function startLooks(lists: FoundLists, plan: Other): void {
  let member: string | undefined;
  try {
    member = memberFor(lists, plan);
  } catch {
    // A role without an id: said when its turn comes.
    return;
  }
  if (plan === 'per-role' && member === undefined) return;
  for (const path of candidatesOf(lists, plan)) lists.startLook(nameOf(plan), path, wantOf[plan], member);
}

/** Whose list is tried out. */
const memberFor = (lists: FoundLists, plan: Other): string | undefined =>
  plan === 'per-role' ? lists.someRole() : plan === 'per-user' ? lists.me.id : undefined;
const nameOf = (plan: Other): string => `assignments ${plan}`;

/** What kind of list a path leads to. */
export function planOf(path: string): Other {
  if (!path.includes('{id}')) return 'flat';
  return /(?:^|\/)roles\/\{id\}/.test(path) ? 'per-role' : 'per-user';
}

async function tryOut(lists: FoundLists, plan: Other, signal: AbortSignal): Promise<Way | undefined> {
  const member = memberFor(lists, plan);
  if (plan === 'per-role' && member === undefined) return undefined;
  const found = await lists.locate(nameOf(plan), candidatesOf(lists, plan), wantOf[plan], signal, member);
  if (found === undefined) return undefined;
  checkRows(plan, found.page);
  return { plan, path: found.path, count: plan === 'flat' ? found.count : null };
}

/** A list that names no users is something else. */
function checkRows(plan: Other, { rows }: Page): void {
  if (plan === 'per-role') for (const row of rows) userOf(row, "A role's list of users", true);
  if (plan === 'flat') for (const row of rows) userOf(row, 'The list of assignments', false);
}

/** Without this way there may be another; only what concerns all of them ends the search. */
export function isSurvivable(error: BatonError): boolean {
  return survivable.includes(error.code);
}

const survivable = [
  'RL-PERM-403',
  'RL-BLOCKED-403',
  'RL-SHAPE',
  'RL-NULL-ROLES',
  'RL-HTML',
  'RL-JSON',
  'RL-REDIRECT',
  'RL-HTTP',
  'RL-5XX',
];

/**
 * Puts the ways in order: the one that was asked for alone, else by the number of requests, and among
 * equals by how much each one can be trusted.
 *
 * @throws BatonError `RL-PLAN`, `RL-PATH-404`, or why the only way that is there cannot be used
 */
export function chooseWays(lists: FoundLists, found: readonly Way[]): Way[] {
  const { settings, unusable } = lists;
  const named = settings.paths.assignments;
  const wanted = settings.plan ?? (named === undefined ? undefined : planOf(named));
  if (wanted !== undefined) {
    const way = found.find(({ plan }) => plan === wanted);
    if (way !== undefined) return [way, ...found.filter((other) => other !== way)];
    const failed = unusable.find(({ plan }) => plan === wanted);
    if (failed !== undefined) throw failed.error;
    if (named !== undefined) {
      throw fail('RL-PATH-404', { path: named, what: 'the roles of users', option: 'assignments-path' });
    }
    const why = wanted === 'embedded' ? 'no key for roles is there on every user' : 'there is no such list';
    throw fail('RL-PLAN', { plan: wanted, why });
  }
  if (found.length === 0) {
    // A right that is missing explains more than a path that is.
    const reason = unusable.find(({ error }) => error.code.endsWith('-403')) ?? unusable[0];
    if (reason !== undefined) throw reason.error;
    throw fail('RL-PATH-404', { path: '/users/{id}/roles', what: 'the roles of users', option: 'assignments-path' });
  }
  const totals = totalsOf(lists);
  const pageSize = pageSizeOf(lists);
  const cost = (way: Way): number =>
    Object.values(estimateRequests(way, totals, pageSize)).reduce((sum, one) => sum + one, 0);
  return [...found].sort((a, b) => cost(a) - cost(b) || planNames.indexOf(a.plan) - planNames.indexOf(b.plan));
}

/** Members by list, as far as the lists say. */
export function totalsOf({ users, roles }: FoundLists): Record<string, number> {
  return {
    users: users.count ?? users.page.rows.length,
    roles: roles === 'catalogue' ? 0 : (roles.count ?? roles.page.rows.length),
  };
}

/** The page size that a sync will come to, as far as the first page of users tells. */
export function pageSizeOf({ settings, users }: FoundLists): number {
  const asked = settings.pageSize ?? 1000;
  const { rows, limit } = users.page;
  const isCapped = (users.count ?? 0) > rows.length && rows.length < Math.min(asked, limit === undefined ? asked : 100);
  return isCapped ? Math.max(1, rows.length) : asked;
}
