import {
  differencesInWords,
  type FirstPass,
  type MemberList,
  type Out,
  type PagedList,
  type Plan,
  type PlanFacts,
  type ReadingProblem,
  type Taken,
} from '@batonkit/connector';
import type { BatonError } from '@batonkit/kernel';
import { paths, type Me, type RunlayerApi } from './api/runlayer-api.ts';
import { fail } from './errors.ts';
import { readAssignments, type HeldRoles } from './mapping/assignment.ts';
import { Notes } from './mapping/notes.ts';
import { asRow, readId, type Row } from './mapping/read-id.ts';
import { RoleIndex } from './mapping/role-index.ts';
import { isServerRole, readRole, roleIdKeys } from './mapping/role.ts';
import { isAdminTier } from './mapping/tier.ts';
import { readUser, readUserId, userIdKeys } from './mapping/user.ts';
import { roleType, userType } from './resource-types.ts';

export interface TenantPlanOptions {
  api: RunlayerApi;
  me: Me;
  /** `embedded`: roles stand on the users. `per-user`: each user's are asked for. */
  form: 'embedded' | 'per-user';
  allowSingleUser: boolean;
  pageSize: number | undefined;
  /** Milliseconds since the Unix epoch; assignments that ended before are over. */
  now: number;
}

/** Keys under which assignments may stand on a user. */
const embeddedKeys = ['roles', 'role_assignments', 'platform_roles', 'fga_roles', 'role_names', 'role_ids'];

/** One reading of a tenant: its lists in order, and what was seen on the way. */
export class TenantPlan implements Plan {
  readonly name: string;
  readonly photograph?: string;
  readonly lists: readonly (PagedList | MemberList)[];
  readonly pageSize?: number;
  /** Users with an administrator's flag and, so far, no role that administers. */
  readonly byFlag = new Set<string>();
  private readonly options: TenantPlanOptions;
  private readonly notes = new Notes();
  private readonly roles = new RoleIndex();
  private roleIdKey: string | undefined;
  private userIdKey: string | undefined;
  private embeddedKey: string | undefined;
  private ownerRoles: string[] = [];
  private serverRoles = 0;
  private serverScoped = 0;

  constructor(options: TenantPlanOptions) {
    this.options = options;
    this.name = options.form;
    if (options.pageSize !== undefined) this.pageSize = options.pageSize;
    const isEmbedded = options.form === 'embedded';
    if (isEmbedded) this.photograph = 'users';
    this.lists = isEmbedded
      ? [this.roleList(), this.userList()]
      : [this.roleList(), this.userList(), this.assignmentList()];
  }

  check({ has, size }: FirstPass): void {
    const { me, allowSingleUser } = this.options;
    if (size('users') === 0) throw fail('RL-EMPTY', { what: 'users' });
    if (!has('users', me.id)) throw fail('RL-OWNER', {});
    if (size('users') === 1 && !allowSingleUser) throw fail('RL-WEAK-KEY', {});
  }

  facts(): PlanFacts {
    const { api, me } = this.options;
    const byFlag = this.byFlag.size;
    return {
      roleId: this.roleIdKey ?? 'id',
      owner: { id: me.id, roles: this.ownerRoles },
      origin: api.origin,
      notes: { ...this.notes.counts, ...(byFlag > 0 ? { byFlag } : {}) },
      serverScoped: { roles: this.serverRoles, assignments: this.serverScoped },
    };
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
      default:
        throw new RangeError('unknown problem');
    }
  }

  private roleList(): PagedList {
    const { api } = this.options;
    return {
      kind: 'paged',
      name: 'roles',
      path: paths.roles,
      page: (request) => api.roles(request),
      id: (row) => this.roleId(row),
      take: (row, out) => this.takeRole(asRow(row, 'A role'), out),
    };
  }

  private userList(): PagedList {
    const { api } = this.options;
    return {
      kind: 'paged',
      name: 'users',
      path: paths.users,
      ...(this.options.form === 'embedded' ? { carries: ['assignments'] } : {}),
      page: (request) => api.users(request),
      id: (row) => this.userId(row),
      take: (row, out) => this.takeUser(asRow(row, 'A user'), out),
    };
  }

  private assignmentList(): MemberList {
    const { api } = this.options;
    return {
      kind: 'per-member',
      name: 'assignments',
      path: paths.rolesOf,
      of: 'users',
      resourceType: userType.id,
      page: (user, request) => api.rolesOf(user, request),
      isGone: (user, signal) => api.isUserGone(user, signal),
      take: (user, rows, out) => this.takeHeld(user, rows, out),
    };
  }

  private roleId(row: unknown): string {
    const { id, key } = readId(row, roleIdKeys, 'A role');
    this.roleIdKey ??= key;
    this.roles.areNamedById = ['id', 'role_id'].includes(this.roleIdKey);
    if (key !== this.roleIdKey) throw fail('RL-ROLE-ID', { first: this.roleIdKey, other: key });
    return id;
  }

  private userId(row: unknown): string {
    const { id, key } = readId(row, userIdKeys, 'A user');
    // Below this path the API answers for the owner of the key, whose roles would be taken for the user's.
    if (id === 'me') throw fail('RL-SHAPE', { where: 'A user', fault: 'its id is the word for the owner of the key' });
    this.userIdKey ??= key;
    if (key === this.userIdKey) return id;
    const fault = `some are named by ${this.userIdKey}, others by ${key}`;
    throw fail('RL-SHAPE', { where: 'The list of users', fault });
  }

  private takeRole(row: Row, out: Out | undefined): Taken {
    const id = this.roleId(row);
    if (out === undefined) {
      return {};
    }
    const role = readRole(row, id, this.notes);
    if (isServerRole(row)) {
      this.serverRoles++;
      this.roles.addServerRole(role);
      return { isAside: true };
    }
    this.roles.add(role);
    out.resource(roleType.id, id, role);
    out.entitlement(roleType.id, id, role);
    return {};
  }

  private takeUser(row: Row, out: Out | undefined): Taken {
    // Else the first assignment would be blamed.
    if (this.roles.size === 0) throw fail('RL-EMPTY', { what: 'roles' });
    const keys = embeddedKeys.filter((key) => row[key] !== undefined);
    const [key] = keys;
    if (this.options.form === 'per-user') {
      if (key !== undefined)
        throw fail('RL-SHAPE', { where: 'The list of users', fault: 'some users carry roles and others do not' });
      if (out !== undefined) this.putUser(row, out);
      return {};
    }
    if (key === undefined && this.embeddedKey === undefined) return 'wrong-plan';
    this.embeddedKey ??= key;
    const first = this.embeddedKey;
    if (first === undefined || row[first] === undefined)
      throw fail('RL-SHAPE', { where: 'The list of users', fault: 'some users carry roles and others do not' });
    if (out !== undefined) this.putUser(row, out);
    const members = this.takeHeld(readUserId(row), itemsOf(row, first), out);
    for (const other of keys) if (other !== first) this.compareHeld(row, first, other);
    return { carries: { assignments: members } };
  }

  /** Where roles stand under two keys, nothing says which of the two is the whole. */
  private compareHeld(row: Row, first: string, other: string): void {
    const idsUnder = (key: string): string =>
      this.readHeld(itemsOf(row, key), false)
        .map(({ role }) => role.id)
        .sort()
        .join('\n');
    if (idsUnder(first) === idsUnder(other)) return;
    throw fail('RL-SHAPE', { where: 'A user', fault: `its "${first}" and "${other}" name different roles` });
  }

  private putUser(row: Row, out: Out): void {
    const user = readUser(row, this.notes);
    if (user.flags !== undefined) this.byFlag.add(user.id);
    out.resource(userType.id, user.id, user);
  }

  /** The roles of one user; answers the members of the list of assignments. */
  private takeHeld(user: string, rows: readonly unknown[], out: Out | undefined): string[] {
    const held = this.readHeld(rows, out !== undefined);
    if (out !== undefined) {
      for (const { role, sources, expiresAt } of held) {
        if (isAdminTier(role.tier)) this.byFlag.delete(user);
        out.grant(roleType.id, role.id, {
          role: role.id,
          user,
          ...(sources.length === 0 ? {} : { sources }),
          ...(expiresAt === undefined ? {} : { expiresAt }),
        });
      }
      if (user === this.options.me.id) this.ownerRoles = held.map(({ role }) => role.id);
    }
    return held.map(({ role }) => `${role.id}\n${user}`);
  }

  private readHeld(rows: readonly unknown[], isFirstPass: boolean): HeldRoles['held'] {
    // What the second pass reads is compared, and counted only once.
    const notes = isFirstPass ? this.notes : new Notes();
    const { held, serverScoped } = readAssignments(rows, this.roles, notes, this.options.now);
    if (isFirstPass) this.serverScoped += serverScoped;
    return held;
  }
}

function itemsOf(row: Row, key: string): unknown[] {
  const items = row[key];
  if (Array.isArray(items)) return items;
  const fault = items === null ? 'its roles are null, which is not the same as none' : 'its roles are not a list';
  throw fail('RL-SHAPE', { where: 'A user', fault });
}
