import { BatonError, VirtualClock } from '@batonkit/kernel';
import { spanOf, type Evidence } from '@batonkit/protocol';
import { expect } from 'vitest';
import { prove, type ListEvent, type PagedList, type Plan, type ProveOptions, type Reading } from '../src/index.ts';
import { groupOf } from '../src/reading/spool.ts';
import { planOf, type Form } from './plan-of-a-test.ts';
import { calm, contentOf, Tenant, type State, type TenantSettings, type Users } from './tenant-of-a-test.ts';

export type PlanResult = { events: ListEvent[] } & (
  | { reading: Reading; served: Users; roles: readonly string[] }
  | { error: BatonError }
);
export type Result = PlanResult & { tenant: Tenant };

type Options = Pick<ProveOptions, 'spoolDir' | 'passes' | 'lanes'>;

export async function read(settings: Partial<TenantSettings>, form: Form, options: Options): Promise<Result> {
  const clock = new VirtualClock();
  const tenant = new Tenant({ ...calm, ...settings }, clock);
  const plan = planOf(tenant, { form, pageSize: settings.maxLimit ?? calm.maxLimit });
  return { tenant, ...(await readPlan(plan, clock, options)) };
}

export async function readPlan(plan: Plan, clock: VirtualClock, options: Options): Promise<PlanResult> {
  const events: ListEvent[] = [];
  const observe = (event: { type: string }): void => void (event.type === 'list' && events.push(event as ListEvent));
  const { signal } = new AbortController();
  try {
    using reading = await prove([plan], { ...options, clock, observe, signal });
    return { events, reading, served: servedBy(reading), roles: rolesBy(reading) };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { events, error };
  }
}

/** What a connector would serve of a reading. */
export function servedBy({ spool, resources }: Pick<Reading, 'spool' | 'resources'>): Users {
  const users = new Map<string, string[]>();
  for (const { id = '' } of spool.records(groupOf.resources('user'))) {
    if (users.has(id)) throw new Error(`${id} is served twice`);
    if (resources.get('user')?.has(id) === true) users.set(id, []);
  }
  for (const id of rolesBy({ spool, resources })) {
    for (const { record } of spool.records(groupOf.grants('role', id))) {
      const { user, role } = record as { user: string; role: string };
      const held = users.get(user);
      if (held === undefined) throw new Error(`a grant of ${user}, who is not served`);
      if (held.includes(role)) throw new Error(`${role} of ${user} is served twice`);
      held.push(role);
    }
  }
  return users;
}

function rolesBy({ spool, resources }: Pick<Reading, 'spool' | 'resources'>): string[] {
  const roles = [...spool.records(groupOf.resources('role'))].map(({ id = '' }) => id);
  if (new Set(roles).size < roles.length) throw new Error('a role is served twice');
  return roles.filter((id) => resources.get('role')?.has(id));
}

/**
 * The one claim. With a moment: what is served is what the source held at one instant of it. With a window:
 * everything that is served was there at some time in it, and nothing that was there all along is missing.
 */
export function isTrue({ tenant, ...result }: Result): boolean {
  if ('error' in result) return true;
  const { evidence } = result.reading;
  const { from, to } = spanOf(evidence);
  const states = tenant.during(Date.parse(from), Date.parse(to));
  const content = contentOf(result.served, result.roles);
  if (evidence.moment !== undefined) return states.some(({ users, roles }) => contentOf(users, roles) === content);
  const served = membersOf({ users: result.served, roles: result.roles });
  const perState = states.map(membersOf);
  const isAtSomeTime = [...served].every((member) => perState.some((members) => members.has(member)));
  const [first = new Set<string>(), ...rest] = perState;
  const always = [...first].filter((member) => rest.every((members) => members.has(member)));
  return isAtSomeTime && always.every((member) => served.has(member));
}

/** The evidence tells of what is served. */
export function isCounted({ reading, served }: { reading: Reading; served: Users }): boolean {
  const distinct = (name: string) => reading.evidence.lists.find((list) => list.name === name)?.distinct;
  const pairs = [...served.values()].reduce((sum, { length }) => sum + length, 0);
  return distinct('users') === served.size && distinct('assignments') === pairs;
}

function membersOf({ users, roles }: State): Set<string> {
  const ofUsers = [...users].flatMap(([id, held]) => [id, ...held.map((role) => `${id} ${role}`)]);
  return new Set([...ofUsers, ...roles.map((role) => `role ${role}`)]);
}

interface Folder {
  spoolDir: string;
}

/** Reads a tenant whose plan is changed before. */
export async function readChanged(
  { spoolDir }: Folder,
  settings: Partial<TenantSettings>,
  form: Form,
  change: (plan: Plan, tenant: Tenant) => void,
): Promise<Result> {
  const clock = new VirtualClock();
  const tenant = new Tenant({ ...calm, ...settings }, clock);
  const plan = planOf(tenant, { form, pageSize: settings.maxLimit ?? calm.maxLimit });
  change(plan, tenant);
  return { tenant, ...(await readPlan(plan, clock, { spoolDir })) };
}

/** The evidence of a reading that came to its end and is true. */
export function evidenceOf(result: Result): Evidence {
  if ('error' in result) throw result.error;
  expect(isTrue(result)).toBe(true);
  expect(isCounted(result)).toBe(true);
  return result.reading.evidence;
}

export const codeOf = (result: PlanResult): string => ('error' in result ? result.error.code : 'complete');

/** Page sizes asked for of a list, pass by pass; only those of the first page of each. */
export const sizesOf = (tenant: Tenant, list: string): (number | undefined)[] =>
  tenant.log.filter((asked) => asked.list === list && asked.skip === 0).map(({ limit }) => limit);

export function pagedList(plan: Plan, name: string): PagedList {
  const list = plan.lists.find((each) => each.name === name);
  if (list?.kind !== 'paged') throw new Error('no such list');
  return list;
}
