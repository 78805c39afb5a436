/** Views that are lists of rows. */
export type ViewName = 'resource-types' | 'resources' | 'entitlements' | 'grants' | 'principals' | 'syncs' | 'admins';

export const FORMATS = ['console', 'table', 'json', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/** Which rows a view shows; ids as they stand in the file. */
export interface Filter {
  resourceType?: string;
  resource?: string;
  entitlement?: string;
}

interface Common {
  file: string;
  format: Format;
  /** The run to read. */
  syncId?: string;
}

/** What a command line asks for. */
export type Request =
  | { kind: 'text'; text: string }
  | (Common & { kind: 'view'; view: ViewName; filter: Filter })
  | (Common & { kind: 'stats' })
  | (Common & { kind: 'access'; principal: { resourceType: string; resource: string } })
  | (Common & { kind: 'compare'; entitlement: string; other: { file: string; entitlement: string } })
  | (Common & { kind: 'diff' })
  | (Common & { kind: 'export'; to: 'csv' | 'c1z'; out: string })
  | (Common & { kind: 'verify'; keys: string[] });
