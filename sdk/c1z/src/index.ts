export { checkTarget } from './check-target.ts';
export { createC1z, lookAtUnfinished, resumeC1z } from './create-c1z.ts';
export type { Batch, C1zSummary, C1zWriter, CreateC1zOptions, Unfinished } from './create-c1z.ts';
export type { RowCounts } from './count-rows.ts';
export { openC1z } from './open-c1z.ts';
export type { C1zReader, GrantFilter, OpenC1zOptions, ResourceFilter, SyncRun } from './open-c1z.ts';
