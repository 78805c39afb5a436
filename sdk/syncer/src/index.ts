export { syncToFile, syncUncertified } from './sync-to-file.ts';
export type { SyncOptions, SyncResult } from './sync-to-file.ts';
export type { ConnectorClient } from './connector-client.ts';
export type { SyncTarget } from './sync-scope.ts';
export type { SyncEvent } from './sync-event.ts';
export { ProgressClock } from './progress-clock.ts';
export { hasUnfinishedSync } from './take-up.ts';
export type { ResumeOptions } from './take-up.ts';
