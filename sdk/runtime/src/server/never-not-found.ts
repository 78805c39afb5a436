import { reportFromDetail } from '@batonkit/protocol';
import type { JsonObject } from '@bufbuild/protobuf';
import { toJson } from '@bufbuild/protobuf';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import type { Interceptor } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';

const LISTS = new Set([
  'ListResourceTypes',
  'ListResources',
  'ListEntitlements',
  'ListStaticEntitlements',
  'ListGrants',
]);

/**
 * A genuine parent passes over a list that answers NotFound and saves the file without it (protocol: runtime.md 2.4):
 * everybody's access would look revoked. So what is not found while a list is read goes out as FailedPrecondition,
 * which ends the sync. Only a type that the connector never had stays what it is.
 */
export const neverNotFound: Interceptor = (next) => async (request) => {
  try {
    return await next(request);
  } catch (thrown) {
    if (!(thrown instanceof ConnectError) || thrown.code !== Code.NotFound) throw thrown;
    const { name } = request.method;
    const isUnknownType = reportCode(thrown) === 'BK-TYPE';
    // What a genuine connector says of a type of which it reads no single resource (recorded).
    if (name === 'GetResource' && isUnknownType) throw withCode(thrown, Code.Unimplemented);
    if (LISTS.has(name) && !isUnknownType) throw withCode(thrown, Code.FailedPrecondition);
    throw thrown;
  }
};

function withCode(error: ConnectError, code: Code): ConnectError {
  return new ConnectError(error.rawMessage, code, error.metadata, outgoing(error), error.cause);
}

function reportCode(error: ConnectError): string | undefined {
  for (const detail of error.findDetails(StructSchema)) {
    const report = reportFromDetail(toJson(StructSchema, detail) as JsonObject);
    if (report !== undefined) return report.code;
  }
  return undefined;
}

/** Details that this process has put on; none has come over a wire. */
function outgoing({ details }: ConnectError): Exclude<(typeof details)[number], { type: string }>[] {
  return details.filter((detail) => 'desc' in detail);
}
