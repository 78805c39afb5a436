import { isErrorReport } from '@batonkit/kernel';
import type { ErrorReport } from '@batonkit/kernel';
import type { JsonObject } from '@bufbuild/protobuf';

/** Marks our reports among the details of a gRPC status; a foreign peer passes over them. */
const KEY = 'batonkit_error';

/** A report as the content of a `google.protobuf.Struct` among the details of a gRPC status. */
export function errorToDetail(report: ErrorReport): JsonObject {
  return { [KEY]: 1, ...report };
}

/** The report in such a Struct; undefined for any other. */
export function reportFromDetail(detail: JsonObject): ErrorReport | undefined {
  if (detail[KEY] !== 1) return undefined;
  const { [KEY]: _marker, ...report } = detail;
  return isErrorReport(report) ? report : undefined;
}
