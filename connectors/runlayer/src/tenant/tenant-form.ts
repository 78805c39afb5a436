import type { Me, Style } from '../api/runlayer-api.ts';
import type { PlanName } from '../settings.ts';

/** One way to the assignments. */
export type Way =
  | { plan: 'embedded'; key: string }
  | { plan: Exclude<PlanName, 'embedded'>; path: string; count: number | null };

/** Where the lists of this tenant are, found out at connect. */
export interface TenantForm {
  me: Me;
  style: Style;
  users: FoundList;
  /** `catalogue`: there is no list, and the documented roles stand in for it. */
  roles: FoundList | 'catalogue';
  /** The cheapest first. Never empty. */
  ways: readonly Way[];
}

export interface FoundList {
  path: string;
  /** How many rows it has, if it says so. */
  count: number | null;
  /** So many rows the first look gave, if that was all of it. */
  seenWhole?: number;
}

/** Keys under which assignments may stand on a user, the fullest first. */
export const embeddedKeys = [
  'roles',
  'role_assignments',
  'platform_roles',
  'fga_roles',
  'role_names',
  'role_ids',
  'role',
] as const;
