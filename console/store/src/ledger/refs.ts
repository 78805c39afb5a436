import type { Tier } from '@batonkit/console-domain';
import type { AccountRef, AccountStatus, AccountType, RoleRef } from '../views.ts';

/** What the ledger keeps of an account beside its name and mail address. */
export interface AccountAttributes {
  login: string | null;
  status: AccountStatus;
  type: AccountType;
  createdAt: string | null;
  profile: { key: string; value: string }[];
}

/** SQL: columns of an account's row `i` with its identity `r`. */
export const ACCOUNT = 'r.public_id as account_id, i.name as account_name, i.email, i.attributes as account';
/** SQL: columns of a role's row `ri` with its identity `rr`. */
export const ROLE = `rr.public_id as role_id, ri.name as role_name, coalesce(ri.tier, 'unclassified') as tier`;

export interface AccountColumns {
  account_id: string;
  account_name: string;
  email: string | null;
  account: AccountAttributes;
}

export interface RoleColumns {
  role_id: string;
  role_name: string;
  tier: Tier;
}

export function accountRef(row: AccountColumns): AccountRef {
  return {
    id: row.account_id,
    name: row.account_name,
    email: row.email,
    status: row.account.status,
    type: row.account.type,
  };
}

export function roleRef(row: RoleColumns): RoleRef {
  return { id: row.role_id, name: row.role_name, tier: row.tier };
}

/** SQL: place of the tier `tier` among all, the strongest first. */
export function rank(tier: string): string {
  return `array_position(array['critical', 'high', 'unclassified', 'medium', 'none'], coalesce(${tier}, 'unclassified'))`;
}
