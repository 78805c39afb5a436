import type { Status } from '@batonkit/kernel';
import { BatonError } from '@batonkit/kernel';
import { reportFromDetail } from '@batonkit/protocol';
import type { JsonObject } from '@bufbuild/protobuf';
import { toJson } from '@bufbuild/protobuf';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import { ConnectError } from '@connectrpc/connect';
import { fail } from './errors.ts';

/**
 * Turns what a connector call threw into an error of ours. A connector of this SDK sends its whole
 * report as a detail. Any other one sends a status and a sentence; the sentence is not shown, as
 * nobody has checked it for secrets and personal data.
 */
export function describeFailure(call: string, thrown: unknown, signal: AbortSignal): unknown {
  if (signal.aborted)
    return signal.reason instanceof BatonError ? signal.reason : fail('BK-CANCELED', {}, { cause: thrown });
  if (thrown instanceof BatonError || !(thrown instanceof ConnectError)) return thrown;
  for (const detail of thrown.findDetails(StructSchema)) {
    const report = reportFromDetail(toJson(StructSchema, detail) as JsonObject);
    if (report !== undefined) return new BatonError(report, thrown);
  }
  // Connect's codes have the numbers of gRPC's, which are our statuses.
  const status = thrown.code as Status;
  const { report } = fail('BK-CONNECTOR', { call, status });
  return new BatonError({ ...report, status }, thrown);
}
