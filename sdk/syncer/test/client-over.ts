import { createClient } from '@connectrpc/connect';
import type { Transport } from '@connectrpc/connect';
import {
  ConnectorService,
  EntitlementsService,
  GrantsService,
  ResourcesService,
  ResourceTypesService,
} from '@batonkit/protocol';
import type { ConnectorClient } from '../src/connector-client.ts';

/** The five clients that a syncer drives, over one transport. */
export function clientOver(transport: Transport): ConnectorClient {
  return {
    connector: createClient(ConnectorService, transport),
    resourceTypes: createClient(ResourceTypesService, transport),
    resources: createClient(ResourcesService, transport),
    entitlements: createClient(EntitlementsService, transport),
    grants: createClient(GrantsService, transport),
  };
}
