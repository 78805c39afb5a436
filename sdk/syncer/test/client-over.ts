import { createClient } from '@connectrpc/connect';
import type { Transport } from '@connectrpc/connect';
import {
  ConnectorService,
  EntitlementsService,
  GrantsService,
  ResourceGetterService,
  ResourcesService,
  ResourceTypesService,
} from '@batonkit/protocol';
import type { ConnectorClient } from '../src/connector-client.ts';

/** The clients that a syncer drives, over one transport. */
export function clientOver(transport: Transport): ConnectorClient {
  return {
    connector: createClient(ConnectorService, transport),
    resourceTypes: createClient(ResourceTypesService, transport),
    resourceGetter: createClient(ResourceGetterService, transport),
    resources: createClient(ResourcesService, transport),
    entitlements: createClient(EntitlementsService, transport),
    grants: createClient(GrantsService, transport),
  };
}
