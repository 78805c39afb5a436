import type { ErrorReport } from '@batonkit/kernel';
import type { Reason } from './facts.ts';
import type { Tier } from './tier.ts';

/** One kind of row compared with the last applied state. */
export interface TypeChange {
  /** For texts, plural and lower case: `users`, `roles`, `grants of roles`. */
  name: string;
  kind: 'resource' | 'entitlement' | 'grant';
  before: number;
  after: number;
  removed: number;
  added: number;
}

/** A role whose number of holders is known before and after. */
export interface RoleChange {
  name: string;
  /** The stronger one counts where a sync changes it. */
  tierBefore: Tier;
  tierAfter: Tier;
  before: number;
  after: number;
}

/** What a sync would change, in counts. No rows. */
export interface GuardFacts {
  /** Whether nothing was applied before it. */
  first: boolean;
  types: TypeChange[];
  /** Counts of accounts and roles after it. */
  accounts: number;
  roles: number;
  /** Roles that would fall from at least one holder to none. */
  emptied: RoleChange[];
  /** Holders of any role of an administrators' tier after it. */
  administrators: number;
  /** The account whose key read the tenant. `rolesBefore` null: the last state does not have it. */
  owner: { present: boolean; rolesBefore: number | null; rolesAfter: number };
}

export type Verdict =
  | { kind: 'apply'; warnings: Reason[] }
  | { kind: 'hold'; reasons: Reason[] }
  /** A first sync that cannot be a tenant: nothing to compare with, nothing to confirm. */
  | { kind: 'refuse'; error: ErrorReport };

export function guard(_facts: GuardFacts): Verdict {
  throw new Error('pending');
}
