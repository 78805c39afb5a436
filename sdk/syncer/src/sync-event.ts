/** What a sync tells while it runs: counts and phases, no values of the tenant. */
export type SyncEvent =
  | { type: 'start'; syncId: string }
  | { type: 'phase'; phase: 'validate' | 'read' | 'store' | 'save' }
  | { type: 'stored'; resourceTypes: number; resources: number; entitlements: number; grants: number };
