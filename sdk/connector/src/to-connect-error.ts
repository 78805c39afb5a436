import { BatonError, reportOf } from '@batonkit/kernel';
import {
  errorToDetail,
  RateLimitDescription_Status as RateLimit,
  RateLimitDescriptionSchema,
  type RateLimitDescription,
} from '@batonkit/protocol';
import { create, fromJson } from '@bufbuild/protobuf';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import { ConnectError, type Code } from '@connectrpc/connect';
import type { HttpFailure } from './http/failure.ts';

/**
 * Makes of anything thrown what crosses the wire: status, text and, as details, the whole report, and, if an answer of
 * the source is the cause, a rate limit, as genuine connectors send it (recorded).
 */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const report = reportOf(error);
  const message = error instanceof BatonError ? error.message : report.title;
  const wire = new ConnectError(message, report.status as number as Code, undefined, undefined, error);
  wire.details.push({ desc: StructSchema, value: fromJson(StructSchema, errorToDetail(report)) });
  const limit = rateLimitOf(error);
  if (limit !== undefined) wire.details.push({ desc: RateLimitDescriptionSchema, value: limit });
  return wire;
}

/** Go's zero time, the first of January of the year 1: no reset is known. */
const NEVER = { seconds: -62_135_596_800n, nanos: 0 };

function rateLimitOf(error: unknown): RateLimitDescription | undefined {
  const cause = error instanceof BatonError ? error.cause : undefined;
  if (!isStatusFailure(cause)) return undefined;
  const status = cause.status === 429 ? RateLimit.OVERLIMIT : RateLimit.UNSPECIFIED;
  return create(RateLimitDescriptionSchema, { status, resetAt: NEVER });
}

/** A connector gives what its HTTP client answered as the cause of its error. */
function isStatusFailure(cause: unknown): cause is Extract<HttpFailure, { kind: 'status' }> {
  return (
    typeof cause === 'object' &&
    cause !== null &&
    'kind' in cause &&
    cause.kind === 'status' &&
    'status' in cause &&
    typeof cause.status === 'number'
  );
}
