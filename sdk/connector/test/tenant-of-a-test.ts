import type { VirtualClock } from '@batonkit/kernel';
import { errorTable, row, seededRandom, Status } from '@batonkit/kernel';
import type { PageAnswer, PageRequest } from '../src/index.ts';

export const fail = errorTable({
  'T-REFUSED': row({ status: Status.InvalidArgument, title: 'Refused.', meaning: '', remedy: '' }),
  'T-UNKNOWN': row({ status: Status.DataLoss, title: 'Unknown role.', meaning: '', remedy: '' }),
  'T-ABSENT': row({ status: Status.NotFound, title: 'Absent.', meaning: '', remedy: '' }),
});

/** Users by id, with the roles that they hold. */
export type Users = ReadonlyMap<string, readonly string[]>;

export type ChangeKind = 'add' | 'delete' | 'promote' | 'demote' | 'found' | 'dissolve' | 'move';

/** What a source holds at one time. */
export interface State {
  users: Users;
  roles: readonly string[];
}

export interface TenantSettings {
  users: number;
  roles: number;
  seed: number;
  /** Largest page that is granted; more is refused, or cut without a word. */
  maxLimit: number;
  cutsSilently: boolean;
  /** Pages are cut to between 1 and all of their rows. */
  shortPages: boolean;
  /** No list says its count. */
  uncounted: boolean;
  /** Added to each count of users. */
  countLie: number;
  /** Each page but the first repeats the last row before it and loses its own first. */
  ties: boolean;
  /** Assignments, in lists of their own, of users who are gone. */
  lingering: number;
  /** The roles of the first user are not found, though the user is. */
  hidden: boolean;
  /** What changes, and before which request. */
  changes: readonly { before: number; kind: ChangeKind }[];
}

export const calm: TenantSettings = {
  users: 45,
  roles: 4,
  seed: 1,
  maxLimit: 10,
  cutsSilently: false,
  shortPages: false,
  uncounted: false,
  countLie: 0,
  ties: false,
  lingering: 0,
  hidden: false,
  changes: [],
};

interface Row {
  id: string;
}

/** A source in memory: each request takes a millisecond, and every state it ever had is kept with its time. */
export class Tenant {
  readonly history: (State & { from: number })[] = [];
  roles: readonly string[];
  /** What was asked for: list, skip and limit. */
  readonly log: { list: string; skip: number; limit: number | undefined }[] = [];
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

  at(time: number): State {
    return this.history.findLast(({ from }) => from <= time) ?? { users: new Map(), roles: [] };
  }

  /** All states that held at some time of a span. */
  during(from: number, to: number): State[] {
    return [this.at(from), ...this.history.filter((state) => state.from > from && state.from <= to)];
  }

  /** A user's own read. */
  user(id: string): { id: string; roles: readonly string[] } | undefined {
    this.log.push({ list: 'user', skip: 0, limit: undefined });
    this.request();
    const roles = this.users.get(id);
    return roles === undefined ? undefined : { id, roles };
  }

  pageOfUsers(request: PageRequest): PageAnswer {
    return this.page('users', request, () => [...this.users].map(([id, roles]) => ({ id, roles })));
  }

  pageOfRoles(request: PageRequest): PageAnswer {
    return this.page('roles', request, () => this.roles.map((id) => ({ id })));
  }

  pageOfRolesOf(user: string, request: PageRequest): PageAnswer {
    if (this.users.has(user) && !(this.settings.hidden && user === 'u0'))
      return this.page('roles of', request, () => (this.users.get(user) ?? []).map((id) => ({ id })));
    this.request();
    return { kind: 'absent', error: fail('T-ABSENT', {}) };
  }

  isRole(id: string): boolean {
    this.request();
    return this.roles.includes(id);
  }

  pageOfUsersOf(role: string, request: PageRequest): PageAnswer {
    if (!this.roles.includes(role)) {
      this.request();
      return { kind: 'absent', error: fail('T-ABSENT', {}) };
    }
    return this.page('users of', request, () => this.pairs().filter((pair) => pair.role === role));
  }

  pageOfAssignments(request: PageRequest): PageAnswer {
    return this.page('assignments', request, () => this.pairs());
  }

  change(kind: ChangeKind): void {
    if (kind === 'add') {
      const id = `new${this.added++}`;
      this.touched.add(id);
      this.users = new Map([[id, this.roles.slice(0, 1)], ...this.users]);
      return this.remember();
    }
    if (kind === 'found' || kind === 'dissolve') return this.changeRoles(kind);
    if (kind === 'move') return this.move();
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

  /** Changes nothing but the order, as a rename does: somebody is now where the reader was, or will be. */
  private move(): void {
    const users = [...this.users];
    const [from, to] = [this.random.float(), this.random.float()].map((part) => Math.floor(part * users.length));
    const moved = users.splice(from ?? 0, 1);
    users.splice(to ?? 0, 0, ...moved);
    this.users = new Map(users);
  }

  /** A role comes, and somebody holds it; or one goes, and nobody does. */
  private changeRoles(kind: 'found' | 'dissolve'): void {
    const last = this.roles.at(-1);
    if (kind === 'dissolve') {
      if (last === undefined || this.touched.has(last) || this.roles.length < 2) return;
      this.roles = this.roles.slice(0, -1);
      this.users = new Map([...this.users].map(([id, held]) => [id, held.filter((role) => role !== last)]));
      // Who has lost one would get it back by a promotion.
      for (const id of this.users.keys()) this.touched.add(id);
      return this.remember();
    }
    const role = `new-role${this.added++}`;
    this.touched.add(role);
    this.roles = [...this.roles, role];
    const [first] = [...this.users].filter(([id]) => !this.touched.has(id));
    if (first !== undefined) {
      this.touched.add(first[0]);
      this.users = new Map([...this.users, [first[0], [...first[1], role]]]);
    }
    this.remember();
  }

  private pairs(): { id: string; user: string; role: string }[] {
    const pair = (user: string, role: string) => ({ id: `${role}/${user}`, user, role });
    return [
      ...[...this.users].flatMap(([user, roles]) => roles.map((role) => pair(user, role))),
      ...Array.from({ length: this.settings.lingering }, (_, n) => pair(`gone${n}`, this.roles[0] ?? '')),
    ];
  }

  private page(list: string, { skip, limit }: PageRequest, rowsNow: () => Row[]): PageAnswer {
    const { maxLimit, cutsSilently, shortPages, uncounted, countLie, ties } = this.settings;
    const sentAt = this.clock.now();
    this.log.push({ list, skip, limit });
    this.request();
    if (limit !== undefined && limit > maxLimit && !cutsSilently)
      return { kind: 'too-large', error: fail('T-REFUSED', {}) };
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

  private remember(): void {
    this.history.push({ from: this.clock.now(), users: new Map(this.users), roles: this.roles });
  }
}

/** Everything that is served, as sorted texts. */
export function contentOf(users: Users, roles: readonly string[] = []): string {
  return [...users, ...roles.map((role) => [`role ${role}`, []] as const)]
    .map(([id, roles]) => `${id}: ${[...roles].sort().join(' ')}`)
    .sort()
    .join('\n');
}
