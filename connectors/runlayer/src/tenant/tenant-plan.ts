import {
  differencesInWords,
  type FirstPass,
  type MemberList,
  type Out,
  type PagedList,
  type PagedMemberList,
  type Plan,
  type PlanFacts,
  type ReadingProblem,
  type Settled,
} from '@batonkit/connector';
import { BatonError, type Clock } from '@batonkit/kernel';
import { readWhole } from '../api/read-whole.ts';
import type { RunlayerApi, Wanted } from '../api/runlayer-api.ts';
import { wantAssignments, wantHolders, wantRole, wantRoles, wantRolesOf, wantUser, wantUsers } from '../api/wanted.ts';
import { fail } from '../errors.ts';
import { isIncomparable } from '../connect/second-opinion.ts';
import { readAssignments } from '../mapping/assignment.ts';
import { catalogueRows } from '../mapping/catalogue.ts';
import type { Row } from '../mapping/read-id.ts';
import { roleType, userType } from '../resource-types.ts';
import type { Settings } from '../settings.ts';
import { embeddedKeysOf } from './embedded.ts';
import { estimateRequests } from './estimate.ts';
import type { FoundList, TenantForm, Way } from './tenant-form.ts';
import { pairOf, TenantReader } from './tenant-reader.ts';

export interface TenantPlanOptions {
  api: RunlayerApi;
  form: TenantForm;
  way: Way;
  settings: Settings;
  clock: Clock;
  /** People whose roles are also asked for one by one, if that is a second way. */
  sample: readonly string[];
  /** Called when everything is proven and will be served. */
  onProven: (reader: TenantReader) => void;
}

/** One reading of a tenant: its lists in order, and what was seen on the way. */
export class TenantPlan implements Plan {
  readonly name: string;
  readonly photograph?: string;
  readonly lists: readonly (PagedList | MemberList | PagedMemberList)[];
  readonly pageSize?: number;
  private readonly options: TenantPlanOptions;
  private readonly reader: TenantReader;
  /** People of the sample for whom the second way says something else. */
  private differing = 0;
  private ownerDiffers = false;

  constructor(options: TenantPlanOptions) {
    const { form, way, settings, clock } = options;
    this.options = options;
    this.name = way.plan;
    this.reader = new TenantReader({
      ownerId: form.me.id,
      roleId: settings.roleId,
      isCatalogue: form.roles === 'catalogue',
      exceptions: settings.exceptions,
      now: clock.now(),
    });
    if (settings.pageSize !== undefined) this.pageSize = settings.pageSize;
    if (way.plan === 'embedded') this.photograph = 'users';
    const assignments = this.assignmentList();
    this.lists = [this.roleList(), this.userList(), ...(assignments === undefined ? [] : [assignments])];
  }

  restart(): void {
    this.differing = 0;
    this.ownerDiffers = false;
    this.reader.restart();
  }

  async check({ has, size }: FirstPass, signal: AbortSignal): Promise<void> {
    const { form, settings } = this.options;
    if (size('users') === 0) throw fail('RL-EMPTY', { what: 'users' });
    if (!has('users', form.me.id) && settings.exceptions.overruled('owner-not-listed') === undefined) {
      throw fail('RL-OWNER', {});
    }
    if (size('users') === 1 && !settings.allowSingleUser) throw fail('RL-WEAK-KEY', {});
    await this.compareOwner(has, signal);
    await this.compareSample(has, signal);
  }

  /** A list may show less than the answer about the owner alone: what is compared here is what will be served. */
  private async compareOwner(has: FirstPass['has'], signal: AbortSignal): Promise<void> {
    const { api, form } = this.options;
    const { reader } = this;
    if (!has('users', form.me.id)) return;
    const isSame = (row: Row): boolean => {
      const [key] = embeddedKeysOf(row);
      if (key === undefined) return true;
      const ids = new Set(reader.rolesIn(row, key));
      return [...reader.roles.ids()].every((role) => has('assignments', pairOf(role, form.me.id)) === ids.has(role));
    };
    try {
      this.ownerDiffers = !isSame(form.me.row) && !isSame((await api.me(signal)).row);
    } catch (error) {
      // What cannot be compared is no sign of anything.
      if (!(error instanceof BatonError) || !isIncomparable(error)) throw error;
    }
  }

  /**
   * Lists per role and of all assignments can leave somebody out, and only whoever was read whole can be compared. If
   * the next pass agrees with this one, these answers lie in the moment that both prove: then nobody has changed.
   */
  private async compareSample(has: FirstPass['has'], signal: AbortSignal): Promise<void> {
    const { api, form, way, sample } = this.options;
    const second = form.ways.find(({ plan }) => plan === 'per-user');
    if (way.plan === 'embedded' || way.plan === 'per-user' || second?.plan !== 'per-user') return;
    const wanted = this.wanted(wantRolesOf(second.path));
    const isSame = async (user: string): Promise<boolean> => {
      const rows = await readWhole(api, wanted, signal, user);
      // Who is gone meanwhile says nothing.
      if (rows === undefined) return true;
      const { held } = readAssignments(rows, this.reader.comparing());
      const ids = new Set(held.map(({ role }) => role.id));
      return [...this.reader.roles.ids()].every((role) => has('assignments', pairOf(role, user)) === ids.has(role));
    };
    const people = sample.filter((user) => has('users', user));
    const verdicts = await Promise.all(people.map(async (user) => (await isSame(user)) || (await isSame(user))));
    this.differing = verdicts.filter((verdict) => !verdict).length;
  }

  refersTo(list: string, member: string): Readonly<Record<string, string>> {
    const user = member.slice(member.indexOf('\n') + 1);
    return list === 'assignments' ? { users: user } : {};
  }

  /** Of users: only they are named in `refersTo`. */
  async settle(_list: string, id: string, signal: AbortSignal, out?: Out): Promise<'gone' | Settled> {
    const { api, form, way } = this.options;
    const row = await api.item(wantUser(form.users.path), id, signal);
    if (out !== undefined) this.reader.forget(id);
    if (row === undefined) return 'gone';
    // Only whether the user exists is asked: the next pass reads what the user holds, with roles as new.
    if (out === undefined) return {};
    if (way.plan === 'embedded') return this.settledEmbedded(row, way.key, out);
    this.reader.takeUser(row, out);
    const perUser = form.ways.find((one) => one.plan === 'per-user');
    if (perUser?.plan !== 'per-user') {
      // Nothing tells this user's roles alone, and no answer is not the answer that there are none.
      throw this.explain({ kind: 'drift', differences: [{ list: 'assignments', members: 1 }] });
    }
    const rows = await readWhole(api, this.wanted(wantRolesOf(perUser.path)), signal, id);
    // The user was there a moment ago: whoever is gone now, the next reading shows it.
    if (rows === undefined) throw this.explain({ kind: 'drift', differences: [{ list: 'users', members: 1 }] });
    const held = this.reader.takeHeld(id, rows, out);
    if ('doubt' in held) throw this.rolesMoved();
    return { carries: { assignments: held } };
  }

  estimate(totals: Readonly<Record<string, number>>, pageSize: number, passes: number): number {
    const requests = estimateRequests(this.options.way, totals, pageSize);
    return passes * Object.values(requests).reduce((sum, one) => sum + one, 0);
  }

  facts(): PlanFacts {
    const { api, form, settings, onProven } = this.options;
    const { reader } = this;
    this.judgeSample();
    // Also asked by who only wants to know whose key reads.
    if (reader.roles.size > 0) onProven(reader);
    const { byFlag, placeholders } = reader;
    return {
      roleId: reader.roleIdKey ?? 'id',
      owner: { id: form.me.id, roles: [...reader.ownerRoles] },
      origin: api.origin,
      notes: {
        ...reader.notes.counts,
        ...(byFlag.size > 0 ? { byFlag: byFlag.size } : {}),
        ...(placeholders > 0 ? { placeholders } : {}),
      },
      serverScoped: { ...reader.serverScoped },
      ...(placeholders > 0 ? { added: { roles: placeholders } } : {}),
      exceptions: settings.exceptions.used(),
    };
  }

  /** @throws BatonError `RL-DISAGREE` unless somebody said that this plan is right */
  private judgeSample(): void {
    const { settings, sample } = this.options;
    if ((this.differing === 0 && !this.ownerDiffers) || settings.plan !== undefined) return;
    if (settings.exceptions.overruled('disagreement') === this.name) return;
    if (this.differing === 0) throw fail('RL-DISAGREE', { first: this.name, second: '/users/me', people: 1, of: 1 });
    throw fail('RL-DISAGREE', { first: this.name, second: 'per-user', people: this.differing, of: sample.length });
  }

  explain(problem: ReadingProblem): BatonError {
    switch (problem.kind) {
      case 'drift':
        return fail('RL-DRIFT', { what: differencesInWords(problem.differences) });
      case 'count':
        return fail('RL-COUNT', problem);
      case 'repeat':
        return fail('RL-PAGING', problem);
      case 'too-many':
        return fail('RL-TOO-MANY', problem);
      case 'orphans':
        return fail('RL-ORPHANS', problem);
      default:
        throw new RangeError('unknown problem');
    }
  }

  private settledEmbedded(row: Row, key: string, out: Out): Settled {
    const taken = this.reader.takeEmbedded(row, key, out);
    if (taken === 'wrong-plan') {
      throw fail('RL-SHAPE', {
        where: 'The answer about a user',
        fault: 'it does not carry the roles that the list carries',
      });
    }
    if (taken.doubt !== undefined) throw this.rolesMoved();
    return taken.carries === undefined ? {} : { carries: taken.carries };
  }

  /** Whoever is read last holds a role that no pass has seen: two that were read whole had none like it. */
  private rolesMoved(): BatonError {
    return this.explain({ kind: 'drift', differences: [{ list: 'roles', members: 1 }] });
  }

  private roleList(): PagedList {
    const { api, form, clock } = this.options;
    const { reader } = this;
    const { roles } = form;
    const takes: Pick<PagedList, 'kind' | 'name' | 'id' | 'take'> = {
      kind: 'paged',
      name: 'roles',
      id: (row) => reader.roleId(row),
      take: (row, out) => reader.takeRole(row, out),
    };
    if (roles !== 'catalogue') {
      const wanted = this.wanted(wantRoles(roles.path));
      return { ...takes, ...whole(roles), path: roles.path, page: (request) => api.page(wanted, request) };
    }
    return {
      ...takes,
      path: '(documented roles)',
      page: async ({ skip, limit }) => {
        // Each sync says anew that it leans on the exception.
        this.options.settings.exceptions.overruled('static-roles');
        const now = clock.now();
        const rows = catalogueRows.slice(skip, limit === undefined ? undefined : skip + limit);
        const count = catalogueRows.length;
        return await Promise.resolve({ kind: 'page', rows, count, limit, sentAt: now, receivedAt: now, retries: 0 });
      },
    };
  }

  private userList(): PagedList {
    const { api, form, way } = this.options;
    const { reader } = this;
    const wanted = this.wanted(wantUsers(form.users.path));
    return {
      kind: 'paged',
      name: 'users',
      path: form.users.path,
      ...whole(form.users),
      ...(way.plan === 'embedded' ? { carries: ['assignments'] } : {}),
      page: (request) => api.page(wanted, request),
      id: (row) => reader.userId(row),
      take: (row, out) => {
        if (way.plan === 'embedded') return reader.takeEmbedded(row, way.key, out);
        reader.takeUser(row, out);
        return {};
      },
    };
  }

  private assignmentList(): PagedList | MemberList | PagedMemberList | undefined {
    const { api, form, way } = this.options;
    const { reader } = this;
    switch (way.plan) {
      case 'embedded':
        return undefined;
      case 'per-user': {
        const wanted = this.wanted(wantRolesOf(way.path));
        return {
          kind: 'per-member',
          name: 'assignments',
          path: way.path,
          of: 'users',
          resourceType: userType.id,
          page: (user, request) => api.page(wanted, request, user),
          isGone: async (user, signal) => (await api.item(wantUser(form.users.path), user, signal)) === undefined,
          take: (user, rows, out) => reader.takeHeld(user, rows, out),
        };
      }
      case 'per-role': {
        const wanted = this.wanted(wantHolders(way.path));
        const rolesPath = form.roles === 'catalogue' ? '/roles' : form.roles.path;
        return {
          kind: 'paged-per-member',
          name: 'assignment-rows',
          path: way.path,
          of: 'roles',
          resourceType: roleType.id,
          carries: ['assignments'],
          page: (role, request) => api.page(wanted, request, role),
          isGone: async (role, signal) => (await api.item(wantRole(rolesPath), role, signal)) === undefined,
          id: (role, row) => pairOf(role, rowId(row)),
          take: (role, row, out) => reader.takeHolder(role, row, out),
        };
      }
      case 'flat': {
        const wanted = this.wanted(wantAssignments(way.path));
        return {
          kind: 'paged',
          name: 'assignment-rows',
          path: way.path,
          carries: ['assignments'],
          page: (request) => api.page(wanted, request),
          id: rowId,
          take: (row, out) => reader.takeFlat(row, out),
        };
      }
      default:
        throw new RangeError('unknown plan');
    }
  }

  private wanted(wanted: Wanted): Wanted {
    return { ...wanted, judge: this.options.settings.exceptions };
  }
}

const whole = ({ seenWhole }: FoundList): { seenWhole?: number } => (seenWhole === undefined ? {} : { seenWhole });

/** Keys of an assignment that make it one; others, such as names, may change between two readings. */
const roleKeys = ['role_id', 'role_slug', 'role_key', 'role_name', 'slug', 'key'];
const own = ['id', 'uuid', 'user_id', ...roleKeys, 'source', 'scope', 'server_id', 'resource_id'];

function rowId(row: unknown): string {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return JSON.stringify(row);
  const { user, role, ...rest } = row as Row;
  const idOf = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value ?? null;
    const { id, user_id: userId, uuid, slug, name } = value as Row;
    return id ?? userId ?? uuid ?? slug ?? name ?? null;
  };
  const parts = [...own.map((key) => rest[key] ?? null), idOf(user), idOf(role)];
  // Where nothing else names the role, its label does.
  const isNamed = [rest['id'], rest['uuid'], ...roleKeys.map((key) => rest[key]), role].some((part) => part != null);
  return JSON.stringify(isNamed ? parts : [...parts, rest['name'] ?? rest['display_name'] ?? rest['label'] ?? null]);
}
