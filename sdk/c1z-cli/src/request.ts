export type ViewName = 'resource-types' | 'resources' | 'entitlements' | 'grants' | 'admins';

export const FORMATS = ['console', 'table', 'json', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/** Which rows a view shows; ids as they stand in the file. */
export interface Filter {
  resourceType?: string;
  resource?: string;
  entitlement?: string;
}

/** What a command line asks for. */
export type Request =
  | { kind: 'text'; text: string }
  | { kind: 'view'; view: ViewName; file: string; format: Format; filter: Filter }
  | { kind: 'verify'; file: string; format: Format };
