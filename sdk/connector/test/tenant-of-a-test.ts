import type { BatonError, VirtualClock } from '@batonkit/kernel';
import { errorTable, row, seededRandom, Status } from '@batonkit/kernel';
import type { MemberList, PageAnswer, PagedList, PageRequest, Plan } from '../src/index.ts';

export const fail = errorTable({
  'T-REFUSED': row({ status: Status.InvalidArgument, title: 'Refused.', meaning: '', remedy: '' }),
  'T-ABSENT': row({ status: Status.NotFound, title: 'Absent.', meaning: '', remedy: '' }),
});

/** Users by id, with the roles that they hold. */
export type Users = ReadonlyMap<string, readonly string[]>;

export interface TenantSettings {
  users: number;
  roles: number;
  seed: number;
  /** Largest page that is granted; more is refused. */
  maxLimit: number;
  /** Pages are cut to between 1 and all of their rows. */
  shortPages: boolean;
  /** No list says its count. */
  uncounted: boolean;
  /** Added to each count of users. */
  countLie: number;
  /** Each page but the first repeats the last row before it and loses its own first. */
  ties: boolean;
  /** What changes, and before which request. */
  changes: readonly { before: number; kind: 'add' | 'delete' | 'promote' | 'demote' }[];
}

/** A source in memory: each request takes a millisecond, and every state it ever had is kept with its time. */
export class Tenant {
  readonly history: { from: number; users: Users }[] = [];
  readonly roles: readonly string[];
  requests = 0;
  private users: Map<string, string[]>;
  private readonly settings: TenantSettings;
  private readonly clock: VirtualClock;
  private readonly random;
  private added = 0;
  /** No change is undone: what a judge of two readings cannot see is left out. */
  private readonly touched = new Set<string>();

  constructor(settings: TenantSettings, clock: VirtualClock) {
    this.settings = settings;
    this.clock = clock;
    this.random = seededRandom(settings.seed);
    this.roles = Array.from({ length: settings.roles }, (_, n) => `r${n}`);
    this.users = new Map(
      Array.from({ length: settings.users }, (_, n) => [`u${n}`, this.roles.filter(() => this.random.float() < 0.4)]),
    );
    this.remember();
  }

  at(time: number): Users {
    const state = this.history.findLast(({ from }) => from <= time);
    return state?.users ?? new Map();
  }

  isThere(id: string): boolean {
    this.request();
    return this.users.has(id);
  }

  pageOfUsers(request: PageRequest): PageAnswer {
    return this.page('users', request, () => [...this.users].map(([id, roles]) => ({ id, roles })));
  }

  pageOfRoles(request: PageRequest): PageAnswer {
    return this.page('roles', request, () => this.roles.map((id) => ({ id })));
  }

  pageOfRolesOf(user: string, request: PageRequest): PageAnswer {
    if (this.users.has(user))
      return this.page('roles of', request, () => (this.users.get(user) ?? []).map((id) => ({ id })));
    this.request();
    return { kind: 'absent', error: fail('T-ABSENT', {}) };
  }

  private page(list: string, { skip, limit }: PageRequest, rowsNow: () => { id: string }[]): PageAnswer {
    const { maxLimit, shortPages, uncounted, countLie, ties } = this.settings;
    const sentAt = this.clock.now();
    this.request();
    if (limit !== undefined && limit > maxLimit) return { kind: 'too-large', error: fail('T-REFUSED', {}) };
    const all = rowsNow();
    const full = Math.min(limit ?? maxLimit, maxLimit);
    const size = shortPages ? 1 + Math.floor(this.random.float() * full) : full;
    const rows = all.slice(skip, skip + size);
    if (ties && list === 'users' && skip > 0 && rows.length > 0) rows[0] = all[skip - 1] ?? { id: '' };
    const count = uncounted ? null : all.length + (list === 'users' ? countLie : 0);
    return { kind: 'page', rows, count, limit, sentAt, receivedAt: this.clock.now(), retries: 0 };
  }

  /** Changes what is due, then lets a millisecond pass. */
  private request(): void {
    this.requests++;
    for (const { before, kind } of this.settings.changes) if (before === this.requests) this.change(kind);
    this.clock.advance(1);
  }

  private change(kind: 'add' | 'delete' | 'promote' | 'demote'): void {
    if (kind === 'add') {
      this.users = new Map([[`new${this.added++}`, this.roles.slice(0, 1)], ...this.users]);
      return this.remember();
    }
    const ids = [...this.users]
      .filter(([, { length }]) => (kind === 'promote' ? length < this.roles.length : kind === 'delete' || length > 0))
      .map(([id]) => id)
      .filter((id) => !this.touched.has(id));
    const id = ids[Math.floor(this.random.float() * ids.length)];
    if (id === undefined) return;
    this.touched.add(id);
    const held = this.users.get(id) ?? [];
    this.users = new Map(this.users);
    if (kind === 'delete') this.users.delete(id);
    if (kind === 'demote') this.users.set(id, held.slice(1));
    if (kind === 'promote') this.users.set(id, this.roles.slice());
    this.remember();
  }

  private remember(): void {
    this.history.push({ from: this.clock.now(), users: new Map(this.users) });
  }
}

const idOf = (row: unknown): string => (row as { id: string }).id;

export interface PlanSettings {
  form: 'embedded' | 'per-user';
  pageSize?: number;
  explain?: (problem: Parameters<NonNullable<Plan['explain']>>[0]) => BatonError;
}

/** A connector's plan over such a tenant. */
export function planOf(tenant: Tenant, { form, pageSize, explain }: PlanSettings): Plan {
  const roles: PagedList = {
    kind: 'paged',
    name: 'roles',
    path: '/roles',
    page: async (request) => tenant.pageOfRoles(request),
    id: idOf,
    take: (row, out) => {
      out?.resource('role', idOf(row), row);
      out?.entitlement('role', idOf(row), row);
      return {};
    },
  };
  const hold = (user: string, held: readonly string[], out: Parameters<PagedList['take']>[1]): string[] => {
    for (const role of held) out?.grant('role', role, { user, role });
    return held.map((role) => `${role}\n${user}`);
  };
  const users: PagedList = {
    kind: 'paged',
    name: 'users',
    path: '/users',
    ...(form === 'embedded' ? { carries: ['assignments'] } : {}),
    page: async (request) => tenant.pageOfUsers(request),
    id: idOf,
    take: (row, out) => {
      out?.resource('user', idOf(row), { id: idOf(row) });
      if (form === 'per-user') return {};
      return { carries: { assignments: hold(idOf(row), (row as { roles: string[] }).roles, out) } };
    },
  };
  const assignments: MemberList = {
    kind: 'per-member',
    name: 'assignments',
    path: '/users/{id}/roles',
    of: 'users',
    resourceType: 'user',
    page: async (user, request) => tenant.pageOfRolesOf(user, request),
    isGone: async (user) => !tenant.isThere(user),
    take: (user, rows, out) => hold(user, rows.map(idOf), out),
  };
  return {
    name: form,
    ...(form === 'embedded' ? { photograph: 'users' } : {}),
    lists: form === 'embedded' ? [roles, users] : [roles, users, assignments],
    facts: () => ({ roleId: 'id', owner: { id: 'u0', roles: [] }, origin: 'https://source.example', notes: {} }),
    ...(pageSize === undefined ? {} : { pageSize }),
    ...(explain === undefined ? {} : { explain }),
  };
}

/** Everything that is served, as sorted texts. */
export function contentOf(users: Users): string {
  return [...users]
    .map(([id, roles]) => `${id}: ${[...roles].sort().join(' ')}`)
    .sort()
    .join('\n');
}
