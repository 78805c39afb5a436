import type { Tenant } from './test-console.ts';
import type { Tier } from '@batonkit/console-domain';
import type { Bound } from '../src/index.ts';

/** One applied sync: the tenant as it was read, and the window. */
export interface Applied {
  tenant: Tenant;
  syncId: string;
  windowStart: string;
  windowEnd: string;
}

const RANKS: Tier[] = ['critical', 'high', 'unclassified', 'medium', 'none'];
const ADMINISTRATORS: Tier[] = RANKS.slice(0, 3);
const rank = (tier: Tier): number => RANKS.indexOf(tier);

/** The brute force: keeps every tenant whole and looks at all of them for each question. */
export class Replay {
  private readonly history: Applied[];

  constructor(history: Applied[]) {
    this.history = history;
  }

  /** Index of the state at an instant; -1: none. */
  at(instant: string): number {
    return this.history.findLastIndex((applied) => applied.windowEnd <= instant);
  }

  accounts(index: number) {
    const { users } = this.state(index).tenant;
    return Object.entries(users)
      .map(([externalId, person]) => ({
        externalId,
        name: person.name,
        roles: this.rolesOf(index, externalId)
          .map(([, role]) => role.name)
          .sort(),
        from: this.since(index, (tenant) => externalId in tenant.users),
      }))
      .sort((a, b) => compare(a.externalId, b.externalId));
  }

  roles(index: number) {
    const { roles, grants } = this.state(index).tenant;
    return Object.entries(roles)
      .map(([externalId, role]) => ({
        externalId,
        ...role,
        holders: grants.filter(([id]) => id === externalId).length,
        from: this.since(index, (tenant) => externalId in tenant.roles),
      }))
      .sort((a, b) => compare(a.externalId, b.externalId));
  }

  grants(index: number) {
    return this.state(index)
      .tenant.grants.map(([role, user]) => ({
        externalId: `role:${role}:assigned:user:${user}`,
        from: this.since(index, (tenant) => holds(tenant, role, user)),
      }))
      .sort((a, b) => compare(a.externalId, b.externalId));
  }

  administrators(index: number) {
    const { users } = this.state(index).tenant;
    return Object.entries(users)
      .flatMap(([externalId, person]) => {
        const roles = this.rolesOf(index, externalId).filter(([, role]) => ADMINISTRATORS.includes(role.tier));
        if (roles.length === 0 && person.byFlag !== true) return [];
        const tiers = roles.map(([, role]) => role.tier).sort((a, b) => rank(a) - rank(b));
        return [
          {
            name: person.name,
            tier: tiers[0] ?? 'unclassified',
            byFlag: roles.length === 0,
            roles: roles
              .map(([id]) => ({ id, from: this.since(index, (tenant) => holds(tenant, id, externalId)) }))
              .sort((a, b) => compare(a.id, b.id)),
          },
        ];
      })
      .sort((a, b) => compare(a.name, b.name));
  }

  /** Changes up to a state, of administrators' roles or of one user; as texts in an order of their own. */
  timeline(index: number, user?: string): string[] {
    const events: string[] = [];
    for (let k = 0; k <= index; k++) {
      const before = k === 0 ? undefined : this.state(k - 1).tenant;
      const after = this.state(k).tenant;
      const add = (kind: 'gained' | 'lost', from: Tenant, other: Tenant | undefined): void => {
        for (const [role, id] of from.grants) {
          if (other !== undefined && holds(other, role, id)) continue;
          const { name, tier } = from.roles[role]!;
          if (user === undefined ? !ADMINISTRATORS.includes(tier) : user !== id) continue;
          events.push(timelineText(kind, from.users[id]!.name, name, this.bound(k), k === 0));
        }
      };
      add('gained', after, before);
      if (before === undefined) continue;
      add('lost', before, after);
      for (const [id, { name, tier }] of Object.entries(after.roles)) {
        const was = before.roles[id]?.tier;
        const makes = ADMINISTRATORS.includes(tier);
        if (was === undefined || ADMINISTRATORS.includes(was) === makes) continue;
        const holders = before.grants.filter(
          ([role, holder]) => role === id && holds(after, id, holder) && (user === undefined || user === holder),
        );
        if (holders.length === 0) continue;
        const kind = makes ? 'raised' : 'lowered';
        events.push(timelineText(kind, `${holders.length} holders`, name, this.bound(k), false));
      }
    }
    return events.sort();
  }

  private state(index: number): Applied {
    return this.history[index]!;
  }

  private rolesOf(index: number, user: string) {
    const { grants, roles } = this.state(index).tenant;
    return Object.entries(roles).filter(([id]) => grants.some(([role, holder]) => role === id && holder === user));
  }

  private bound(index: number): Bound {
    const after = index === 0 ? null : this.state(index - 1).windowStart;
    return { after, before: this.state(index).windowEnd, syncId: this.state(index).syncId };
  }

  private since(index: number, there: (tenant: Tenant) => boolean): Bound {
    let first = index;
    while (first > 0 && there(this.state(first - 1).tenant)) first--;
    return this.bound(first);
  }
}

export function timelineText(kind: string, account: string, role: string, bound: Bound, first: boolean): string {
  return JSON.stringify([bound.before, kind, account, role, bound.after, bound.syncId, first]);
}

export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function holds(tenant: Tenant, role: string, user: string): boolean {
  return tenant.grants.some(([a, b]) => a === role && b === user);
}
