export { connectorState, passedStates } from './connector-state.ts';
export type * from './facts.ts';
export { FREE_ROWS, guard, HELD_PART } from './guard.ts';
export type { GuardFacts, RoleChange, TypeChange, Verdict } from './guard.ts';
export { MAX_ATTEMPTS, nextRunAfterDeath } from './run-after-death.ts';
export { ADMINISTRATOR_TIERS, isAdministratorTier, tierOf, TIERS } from './tier.ts';
export type { Tier } from './tier.ts';
export { fail as domainFailure } from './errors.ts';
