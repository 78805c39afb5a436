import type { Clock } from '@batonkit/kernel';
import { RateLimitDescriptionSchema, reportFromDetail } from '@batonkit/protocol';
import type { JsonObject } from '@bufbuild/protobuf';
import { toJson } from '@bufbuild/protobuf';
import { StructSchema, timestampMs } from '@bufbuild/protobuf/wkt';
import type { Interceptor } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';

/** All waits of one call together; then its failure counts. */
const patience = 15 * 60_000;
const longestWait = 60_000;
/** Answers of one call that are lost on their way to the reader. */
const mostLost = 5;

/**
 * Makes calls again that failed as Unavailable or DeadlineExceeded, waiting a second more each time, at most a minute,
 * or as the rate limit in the error says (protocol: runtime.md 2.4); not for ever, as genuine syncers do. An error with
 * a report of ours is final: that connector has one retry layer, and it is below.
 *
 * Node throws an answer away that came whole while this program was busy, if its reading begins after that (seen in one
 * of seven syncs with all cores busy). All calls are reads: such a one is made again at once, a few times.
 */
export function retryPassing(clock: Clock): Interceptor {
  return (next) => async (request) => {
    const from = clock.monotonic();
    let lost = 0;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await next(request);
      } catch (error) {
        if (isLost(error) && !request.stream && ++lost <= mostLost) {
          request.signal.throwIfAborted();
          attempt -= 1;
          continue;
        }
        const wait = waitAfter(error, attempt, clock.now());
        if (wait === undefined || request.stream || clock.monotonic() - from + wait > patience) throw error;
        await clock.sleep(wait, request.signal);
      }
    }
  };
}

function waitAfter(error: unknown, attempt: number, now: number): number | undefined {
  if (!(error instanceof ConnectError) || !isPassing(error)) return undefined;
  for (const { resetAt, remaining } of error.findDetails(RateLimitDescriptionSchema)) {
    const left = resetAt === undefined ? 0 : timestampMs(resetAt) - now;
    const share = remaining > 0n ? left / Number(remaining) : left;
    if (left > 0) return Math.min(longestWait, Math.ceil(share / 1000) * 1000);
  }
  return Math.min(longestWait, attempt * 1000);
}

/** Within interceptors it is Node's own error; `ConnectError` it becomes after them. */
function isLost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function isPassing(error: ConnectError): boolean {
  if (error.code !== Code.Unavailable && error.code !== Code.DeadlineExceeded) return false;
  const details = error.findDetails(StructSchema);
  return details.every((detail) => reportFromDetail(toJson(StructSchema, detail) as JsonObject) === undefined);
}
