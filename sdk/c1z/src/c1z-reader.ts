import type { Entitlement, Grant, Resource, ResourceId, ResourceType } from '@batonkit/protocol';
import type { RowCounts } from './count-rows.ts';
import type { RunDiff } from './diff-runs.ts';
import type { SyncRun } from './sync-run.ts';

/** Type and id of a resource. */
export type ResourceRef = Pick<ResourceId, 'resourceType' | 'resource'>;

export interface ResourceFilter {
  resourceType?: string;
}

export interface GrantFilter extends ResourceFilter {
  /** Id of the entitlement's resource; goes with `resourceType`. */
  resource?: string;
  entitlement?: string;
  principal?: ResourceRef;
}

/** A file that was read. Rows come in the order in which they were stored, streamed. */
export interface C1zReader extends AsyncDisposable {
  /** Hex SHA-256 of the file as it lies on the disk. */
  readonly sha256: string;
  readonly bytes: number;
  /** All runs, in the order in which they were begun. */
  syncs(): SyncRun[];
  /**
   * The run whose rows are read: the chosen one, else the newest finished one of any type. Without a finished one a
   * strict reader has undefined here and gives no rows; a tolerant one reads the newest unfinished run, or, undefined,
   * all rows of a file without runs.
   */
  readonly sync: SyncRun | undefined;
  resourceTypes(): Iterable<ResourceType>;
  resources(filter?: ResourceFilter): Iterable<Resource>;
  entitlements(filter?: ResourceFilter): Iterable<Entitlement>;
  grants(filter?: GrantFilter): Iterable<Grant>;
  /** Who holds such grants, each once, in the order of their first one. */
  principals(filter?: GrantFilter): Iterable<ResourceRef>;
  hasGrant(filter: GrantFilter): boolean;
  /** One row, by its id; undefined when the file has none. */
  resource(type: string, id: string): Resource | undefined;
  entitlement(id: string): Entitlement | undefined;
  counts(): RowCounts;
  /** What two runs of this file say differently. */
  diff(older: string, newer: string): RunDiff;
  contentDigest(): Promise<string>;
  /**
   * Looks at every row of the run, and yields after each, so that others can run in between.
   *
   * @throws BatonError when a row cannot be parsed, or its columns say something else than its message
   */
  checkRows(): Iterable<void>;
  /** What is missing for the rows to be a whole answer, in sentences: tables, a finished sync; empty: nothing. */
  gaps(): string[];
  /** What differs from the schema that this release writes; empty: nothing. */
  schemaDifferences(): string[];
  /** What SQLite finds wrong in the database; empty: nothing. */
  integrityProblems(): string[];
  /** What keeps the run from being the whole of a tenant, or of the part that was asked for; empty: nothing. */
  syncProblems(options?: { narrowed: boolean }): string[];
  danglingReferences(): { count: number; what: string }[];
}
