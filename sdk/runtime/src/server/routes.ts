import type { ConnectorServices } from '@batonkit/connector';
import {
  ConnectorService,
  EntitlementsService,
  GrantsService,
  ResourceGetterService,
  ResourcesService,
  ResourceTypesService,
} from '@batonkit/protocol';
import { RateLimitDescription_Status as RateLimit, RateLimiterService } from '@batonkit/protocol/ratelimit';
import type { ConnectRouter } from '@connectrpc/connect';
import { routeAbsentServices } from './absent-services.ts';

/** All 16 services of a genuine connector process (protocol: messages.md 1). */
export function routeConnector(router: ConnectRouter, services: ConnectorServices): void {
  const { service } = router;
  service(ConnectorService, services.connector);
  service(ResourceTypesService, services.resourceTypes);
  service(ResourcesService, services.resources);
  service(ResourceGetterService, services.resourceGetter);
  service(EntitlementsService, services.entitlements);
  service(GrantsService, services.grants);
  routeAbsentServices(router);
  // A stock parent asks before each call and reports after it. The connector's own client paces itself, so every
  // call may go on: "empty" is the answer of a limiter that has no limit.
  service(RateLimiterService, {
    do: ({ requestToken }) => ({ requestToken, description: { status: RateLimit.EMPTY } }),
    report: () => ({}),
  });
}
