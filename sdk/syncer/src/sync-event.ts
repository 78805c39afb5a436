/** What a sync tells while it runs: counts and phases, no values of the tenant. */
export type SyncEvent =
  | { type: 'start'; syncId: string }
  | { type: 'phase'; phase: 'validate' | 'read' | 'store' | 'save' }
  /** Grants that were made of those to groups, so far. */
  | { type: 'expanded'; made: number; merged: number }
  /** A resource that was asked for by itself is not there, or the connector has no such call. */
  | { type: 'skipped'; resourceType: string; isUnimplemented: boolean }
  | { type: 'stored'; resourceTypes: number; resources: number; entitlements: number; grants: number };
