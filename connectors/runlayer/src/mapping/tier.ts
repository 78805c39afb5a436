import { fold } from './fold.ts';

export type Tier = 'critical' | 'high' | 'medium' | 'none';

const tiers: Readonly<Record<string, Tier>> = {
  super_admin: 'critical',
  security_admin: 'high',
  it_admin: 'high',
  analytics_admin: 'medium',
  developer: 'medium',
  helpdesk: 'medium',
  user: 'none',
};

/**
 * How much a role can do, for the roles that Runlayer ships. A role that a tenant made itself stays
 * unclassified whatever its name, and unclassified holders are listed among the administrators.
 */
export function tierOf(name: string | undefined, isSystem: boolean | undefined): Tier | undefined {
  if (name === undefined || isSystem === false) return undefined;
  const folded = fold(name);
  return Object.hasOwn(tiers, folded) ? tiers[folded] : undefined;
}

/** Whether holders of such a role administer. */
export function isAdminTier(tier: Tier | undefined): boolean {
  return tier === undefined || tier === 'critical' || tier === 'high';
}
