import type { ErrorReport } from '@batonkit/kernel';
import { fail } from './errors.ts';
import type { Reason } from './facts.ts';
import { isAdministratorTier } from './tier.ts';
import type { Tier } from './tier.ts';

/** One kind of row compared with the last applied state. */
export interface TypeChange {
  /** For texts, plural: `users`, `roles`, `grants of roles`. */
  name: string;
  /** Resources have ids of their own, which can be replaced. */
  kind: 'resource' | 'entitlement' | 'grant';
  before: number;
  after: number;
  removed: number;
  added: number;
}

/** A role whose holders are counted before and after. */
export interface RoleChange {
  name: string;
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
  /** Counts after it. */
  accounts: number;
  roles: number;
  /** Roles that would lose their last holder; others may be among them and count for nothing. */
  emptied: RoleChange[];
  /** Holders of any role of an administrators' tier after it. */
  administrators: number;
  /**
   * The account whose key read the tenant. `rolesBefore` null: the last state does not have it. `excepted`: somebody
   * has overruled that it must be in the list.
   */
  owner: { present: boolean; excepted: boolean; rolesBefore: number | null; rolesAfter: number };
  /** Whether nothing of it was compared with a second reading. */
  readOnce: boolean;
}

export type Verdict =
  | { kind: 'apply'; warnings: Reason[] }
  | { kind: 'hold'; reasons: Reason[] }
  /** A first sync that cannot be a tenant: nothing to compare with, nothing to confirm. */
  | { kind: 'refuse'; error: ErrorReport };

/** More than this part of a type removed, or of its ids replaced, is held. */
export const HELD_PART = 0.2;
/** As many removed rows of a type are never held for their part alone. */
export const FREE_ROWS = 3;

/**
 * Whether a complete sync may be applied without a person. Against the last *applied* state it is held when a type
 * loses more than a fifth and more than three rows, or all; when more than a fifth of its ids are replaced; when a
 * role of tier critical, high or unclassified loses its last holder, or any role of a tenant that was read only once;
 * when the key's owner is gone or has fewer roles.
 */
export function guard(facts: GuardFacts): Verdict {
  if (facts.first) return guardFirst(facts);
  const reasons = [
    ...facts.emptied.flatMap((role) => emptiedRole(role, facts.readOnce)),
    ...facts.types.flatMap(drop),
    ...ownerChange(facts.owner),
  ];
  return reasons.length === 0 ? { kind: 'apply', warnings: [] } : { kind: 'hold', reasons };
}

function guardFirst(facts: GuardFacts): Verdict {
  if (facts.accounts === 0) return { kind: 'refuse', error: fail('BK-FIRST-EMPTY', { what: 'users' }).report };
  if (facts.roles === 0) return { kind: 'refuse', error: fail('BK-FIRST-EMPTY', { what: 'roles' }).report };
  if (!facts.owner.present && !facts.owner.excepted)
    return { kind: 'refuse', error: fail('BK-FIRST-OWNER', {}).report };
  if (facts.administrators > 0) return { kind: 'apply', warnings: [] };
  return {
    kind: 'apply',
    warnings: [
      { code: 'BK-NO-ADMIN', text: 'Nobody holds an administrator role. For a live platform this is unlikely.' },
    ],
  };
}

function emptiedRole(role: RoleChange, readOnce: boolean): Reason[] {
  if (role.before < 1 || role.after > 0) return [];
  // A sync must not lower a tier and take its holders away unseen.
  const isAdministrators = isAdministratorTier(role.tierBefore) || isAdministratorTier(role.tierAfter);
  if (!isAdministrators && !readOnce) return [];
  const because = isAdministrators ? '' : ' The tenant was read only once, so nothing says that this is true.';
  const text = `${role.name} would fall from ${count(role.before, 'holder')} to 0.${because}`;
  return [{ code: 'BK-DROP-ROLE', text }];
}

function drop(type: TypeChange): Reason[] {
  if (type.before === 0) return [];
  const part = (rows: number): string => `${Math.floor((rows / type.before) * 100)} %`;
  if (type.after === 0) {
    return [{ code: 'BK-DROP-ALL', text: `All ${number(type.before)} ${type.name} would be removed.` }];
  }
  const reasons: Reason[] = [];
  if (type.removed > FREE_ROWS && type.removed > type.before * HELD_PART) {
    const text = `${number(type.removed)} of ${number(type.before)} ${type.name} would be removed (${part(type.removed)}).`;
    reasons.push({ code: 'BK-DROP', text });
  }
  const replaced = type.kind === 'resource' ? Math.min(type.removed, type.added) : 0;
  if (replaced > type.before * HELD_PART) {
    const text = `${number(replaced)} of ${number(type.before)} ids of ${type.name} would be replaced by others (${part(replaced)}).`;
    reasons.push({ code: 'BK-REPLACED', text });
  }
  return reasons;
}

function ownerChange(owner: GuardFacts['owner']): Reason[] {
  if (!owner.present) {
    if (owner.excepted) return [];
    return [{ code: 'BK-OWNER-GONE', text: 'The account that the API key belongs to is not in the sync.' }];
  }
  if (owner.rolesBefore === null || owner.rolesAfter >= owner.rolesBefore) return [];
  const text = `The account that the API key belongs to would have ${count(owner.rolesAfter, 'role')} instead of ${number(owner.rolesBefore)}.`;
  return [{ code: 'BK-OWNER-ROLES', text }];
}

const number = (value: number): string => value.toLocaleString('en-US');
const count = (value: number, noun: string): string => `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
