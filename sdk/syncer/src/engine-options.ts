import type { C1zWriter } from '@batonkit/c1z';
import type { Entitlement, EvidenceScope, Grant, Resource, ResourceType } from '@batonkit/protocol';
import type { Clock } from '@batonkit/kernel';
import type { Any } from '@bufbuild/protobuf/wkt';
import type { ConnectorClient } from './connector-client.ts';
import type { ProgressClock } from './progress-clock.ts';
import type { SyncEvent } from './sync-event.ts';
import type { SyncTarget } from './sync-scope.ts';
import type { SyncState } from './sync-state.ts';

/** Rows of one answer. */
export interface Batch {
  resourceTypes?: ResourceType[];
  resources?: Resource[];
  entitlements?: Entitlement[];
  grants?: Grant[];
}

/** What comes with them. */
export interface Page {
  nextPageToken: string;
  annotations: Any[];
}

export interface EngineOptions {
  client: ConnectorClient;
  writer: Pick<C1zWriter, 'commit' | 'expand'>;
  state: SyncState;
  syncId: string;
  /** Lists that are read at the same time. */
  workers: number;
  scope: EvidenceScope;
  /** Resources that are synced by themselves; none: everything is. */
  targets: readonly SyncTarget[];
  /** Members of a group are given the grants of the group. */
  expandGrants: boolean;
  clock: Clock;
  progress: ProgressClock;
  signal: AbortSignal;
  observe: (event: SyncEvent) => void;
  /** Called with what stands on the last page of each list of resources. Without it nothing is proven. */
  onProof?: (resourceTypeId: string, annotations: readonly Any[]) => void;
}
