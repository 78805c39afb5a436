import { Tenant, type Change, type TenantSettings } from '../../../simulators/runlayer/src/tenant.ts';

/** What a tenant held at one moment: ids of users and roles, and `user role` for each that is held. */
export interface State {
  users: ReadonlySet<string>;
  roles: ReadonlySet<string>;
  pairs: ReadonlySet<string>;
}

/** The states of a tenant between its changes, from the simulator's change log and nothing else. */
export class States {
  private readonly settings: TenantSettings;
  private readonly changes: readonly Change[];
  private readonly made = new Map<number, State>();

  constructor(settings: TenantSettings, changes: readonly Change[]) {
    this.settings = settings;
    this.changes = changes;
  }

  /** What held after the first `n` changes. */
  after(n: number): State {
    let state = this.made.get(n);
    if (state === undefined) this.made.set(n, (state = this.replay(n)));
    return state;
  }

  /**
   * The states that held at some instant of a span, by their number of changes. Times are whole milliseconds: of
   * changes within one of them nobody knows the order, so both sides of such an edge count.
   */
  within(from: number, to: number): number[] {
    const at = (n: number): number => Date.parse(this.changes[n - 1]?.at ?? '');
    const found: number[] = [];
    for (let n = 0; n <= this.changes.length; n++) {
      const begins = n === 0 ? -Infinity : at(n);
      const ends = n === this.changes.length ? Infinity : at(n + 1);
      if (begins <= to && ends >= from) found.push(n);
    }
    return found;
  }

  private replay(n: number): State {
    const tenant = new Tenant(this.settings, () => new Date(0));
    tenant.replay(this.changes.slice(0, n));
    const users = new Set<string>();
    const pairs = new Set<string>();
    for (const person of tenant.everybody()) {
      users.add(person.id);
      for (const role of tenant.rolesOf(person)) pairs.add(`${person.id} ${role.id}`);
    }
    return { users, roles: new Set(tenant.roles.map(({ id }) => id)), pairs };
  }
}
