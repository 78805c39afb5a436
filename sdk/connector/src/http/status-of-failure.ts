import { Status } from '@batonkit/kernel';
import type { HttpFailure } from './failure.ts';

const byStatus: Record<number, Status> = {
  400: Status.InvalidArgument,
  401: Status.Unauthenticated,
  403: Status.PermissionDenied,
  404: Status.NotFound,
  408: Status.DeadlineExceeded,
  409: Status.AlreadyExists,
  429: Status.Unavailable,
  501: Status.Unimplemented,
};

/**
 * The status, and so the exit code, with which a genuine connector ends after such a failure (protocol: runtime 1.5), for
 * connectors without a table of their own. What is no JSON of the expected form is data loss here, never an empty list.
 */
export function statusOfFailure(failure: HttpFailure): Status {
  switch (failure.kind) {
    case 'status':
      return byStatus[failure.status] ?? (failure.status >= 500 ? Status.Unavailable : Status.Unknown);
    case 'network':
      if (failure.reason === 'timeout') return Status.DeadlineExceeded;
      if (failure.reason === 'dns') return Status.InvalidArgument;
      return failure.reason === 'tls' || failure.reason === 'address' ? Status.Unknown : Status.Unavailable;
    case 'wait-too-long':
    case 'no-progress':
      return Status.Unavailable;
    case 'redirect':
      return Status.Unknown;
    case 'html':
    case 'not-json':
    case 'bad-json':
    case 'too-large':
    case 'stale':
    default:
      return Status.DataLoss;
  }
}
