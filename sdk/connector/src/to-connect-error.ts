import { BatonError, reportOf } from '@batonkit/kernel';
import { errorToDetail } from '@batonkit/protocol';
import { fromJson } from '@bufbuild/protobuf';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import { ConnectError, type Code } from '@connectrpc/connect';

/** Makes of anything thrown what crosses the wire: status, text and, as a detail, the whole report. */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const report = reportOf(error);
  const detail = { desc: StructSchema, value: fromJson(StructSchema, errorToDetail(report)) };
  const message = error instanceof BatonError ? error.message : report.title;
  return new ConnectError(message, report.status as number as Code, undefined, [detail], error);
}
