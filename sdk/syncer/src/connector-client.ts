import type {
  ConnectorService,
  EntitlementsService,
  GrantsService,
  ResourceGetterService,
  ResourcesService,
  ResourceTypesService,
} from '@batonkit/protocol';
import type { Client } from '@connectrpc/connect';

/**
 * Any Baton connector: clients of the generated services. Whether they call functions of this process
 * or a program written in Go over a socket makes no difference here.
 */
export interface ConnectorClient {
  readonly connector: Client<typeof ConnectorService>;
  readonly resourceTypes: Client<typeof ResourceTypesService>;
  readonly resources: Client<typeof ResourcesService>;
  /** Asked in targeted syncs only. */
  readonly resourceGetter: Client<typeof ResourceGetterService>;
  readonly entitlements: Client<typeof EntitlementsService>;
  readonly grants: Client<typeof GrantsService>;
}
