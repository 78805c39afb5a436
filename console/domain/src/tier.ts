/** How much a role can do, strongest first. */
export const TIERS = ['critical', 'high', 'unclassified', 'medium', 'none'] as const;
export type Tier = (typeof TIERS)[number];

/** Holders of roles of these tiers are administrators. What nobody has classified counts, so that it is seen. */
export const ADMINISTRATOR_TIERS: readonly Tier[] = ['critical', 'high', 'unclassified'];

/** The tier that the connector wrote into a role's profile; absent or not known is unclassified. */
export function tierOf(profile: Readonly<Record<string, unknown>> | undefined): Tier {
  return TIERS.find((tier) => tier === profile?.['tier']) ?? 'unclassified';
}

/** Whether holders of a role of this tier are listed among the administrators. */
export function isAdministratorTier(tier: Tier): boolean {
  return ADMINISTRATOR_TIERS.includes(tier);
}
