/** Tiers whose holders are administrators, for SQL. */
export const ADMINISTRATORS = `('critical', 'high', 'unclassified')`;
