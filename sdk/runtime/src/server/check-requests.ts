import { EntitlementsService } from '@batonkit/protocol';
import { validate } from '@batonkit/protocol/validation';
import type { DescMessage, DescMethod, MessageShape } from '@bufbuild/protobuf';
import type { Interceptor } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';

/**
 * Requests that break the limits of their message end here with InvalidArgument, before the connector sees them
 * (protocol: messages.md 0). A stream's request is checked by the service itself.
 */
export const checkRequests: Interceptor = (next) => async (request) => {
  if (!request.stream) checkRequest(request.method, request.message);
  return await next(request);
};

/** @throws ConnectError InvalidArgument */
export function checkRequest(method: DescMethod, message: MessageShape<DescMessage>): void {
  const refusal = validate(method.input, message) ?? missingResource(method, message);
  if (refusal !== undefined) throw new ConnectError(refusal, Code.InvalidArgument);
}

/** The one limit that stands in no message: a genuine connector has it in its code (recorded). */
function missingResource(method: DescMethod, message: object): string | undefined {
  const needsOne = method === EntitlementsService.method.listEntitlements;
  return needsOne && !('resource' in message && message.resource !== undefined)
    ? 'invalid EntitlementsServiceListEntitlementsRequest.Resource: value is required'
    : undefined;
}
