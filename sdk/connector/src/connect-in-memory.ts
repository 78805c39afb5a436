import {
  ConnectorService,
  EntitlementsService,
  GrantsService,
  ResourceGetterService,
  ResourcesService,
  ResourceTypesService,
} from '@batonkit/protocol';
import { validate } from '@batonkit/protocol/validation';
import { create, type DescMethodUnary, type DescService } from '@bufbuild/protobuf';
import { Code, ConnectError, createHandlerContext, type Client, type ServiceImpl } from '@connectrpc/connect';
import type { ConnectorServices } from './service.ts';

/** What a syncer drives: a connector in this process, or one behind a socket. */
export interface ConnectorClient {
  connector: Client<typeof ConnectorService>;
  resourceTypes: Client<typeof ResourceTypesService>;
  resources: Client<typeof ResourcesService>;
  resourceGetter: Client<typeof ResourceGetterService>;
  entitlements: Client<typeof EntitlementsService>;
  grants: Client<typeof GrantsService>;
}

/**
 * Calls the implementations directly: nothing is serialised. Limits of requests are kept, and errors are those of
 * the wire.
 */
export function connectInMemory(services: ConnectorServices): ConnectorClient {
  return {
    connector: clientOf(ConnectorService, services.connector),
    resourceTypes: clientOf(ResourceTypesService, services.resourceTypes),
    resources: clientOf(ResourcesService, services.resources),
    resourceGetter: clientOf(ResourceGetterService, services.resourceGetter),
    entitlements: clientOf(EntitlementsService, services.entitlements),
    grants: clientOf(GrantsService, services.grants),
  };
}

type AnyCall = (request: unknown, context: unknown) => unknown;

function clientOf<S extends DescService>(service: S, implementation: ServiceImpl<S>): Client<S> {
  const calls = Object.values(service.method).map((method) => {
    const { input, output } = method as DescMethodUnary;
    const call = (implementation as Record<string, AnyCall>)[method.localName];
    const invoke = async (
      request: Record<string, unknown>,
      options: { signal?: AbortSignal } = {},
    ): Promise<unknown> => {
      const context = createHandlerContext({
        service,
        method,
        protocolName: 'memory',
        requestMethod: 'POST',
        url: `memory:///${service.typeName}/${method.name}`,
        ...(options.signal === undefined ? {} : { requestSignal: options.signal }),
      });
      try {
        const sent = create(input, request);
        const refusal = validate(input, sent);
        if (refusal !== undefined) throw new ConnectError(refusal, Code.InvalidArgument);
        return create(output, (await call?.(sent, context)) as Record<string, unknown>);
      } catch (error) {
        throw ConnectError.from(error);
      } finally {
        context.abort();
      }
    };
    return [method.localName, invoke];
  });
  return Object.fromEntries(calls) as Client<S>;
}
