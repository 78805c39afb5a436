/** For those who run a simulator in their own process: tests and proofs. */
export { catalogue } from './catalogue.ts';
export { FaultPlan, type Hit } from './faults/fault-plan.ts';
export { accountsOf, changesBy, pairsOf, stateAfter, statesBetween, toldChange, type Pair } from './oracle.ts';
export { start, type Extra, type Started } from './start.ts';
export type { Saved } from './data-directory.ts';
export type { Simulation } from './simulation.ts';
