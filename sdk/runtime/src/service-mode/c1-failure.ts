import type { TlsFault } from '@batonkit/connector';
import { networkFailure } from '@batonkit/connector';
import type { ErrorReport } from '@batonkit/kernel';
import { BatonError, REDACTED, Status } from '@batonkit/kernel';
import { Code, ConnectError } from '@connectrpc/connect';
import { failC1 } from './errors.ts';

/** What went wrong with a call to C1. */
export interface C1Failure {
  status: Status;
  /** C1's own words, cut and cleaned, or why it was not reached. */
  said: string;
  /** An error of ours, when there is one at the bottom. */
  report?: ErrorReport;
}

const LONGEST = 300;

/** Puts what a call threw into a status and words. `token` is taken out of them: C1 might quote it. */
export function c1Failure(thrown: unknown, token?: string): C1Failure {
  for (let at = thrown, depth = 0; at instanceof Error && depth < 10; at = at.cause, depth++) {
    if (at instanceof BatonError) return { status: at.status, said: at.report.title, report: at.report };
  }
  if (!(thrown instanceof ConnectError)) return { status: Status.Internal, said: 'the call failed in this program' };
  const network = networkFailure(thrown.cause, '');
  if (network.kind === 'network' && network.detail !== 'UNKNOWN' && !network.detail.startsWith('ERR_HTTP2')) {
    const why = network.tls === undefined ? inWords[network.reason] : certificateWords[network.tls];
    const { report } = failC1('BK-C1-DOWN', { why });
    return { status: Status.Unavailable, said: report.title, report };
  }
  // A connection that breaks ends its calls so. Passed on, C1 would read that the task was cancelled, which nobody did.
  if (thrown.code === Code.Canceled && thrown.rawMessage.startsWith('http/2 stream closed')) {
    const { report } = failC1('BK-C1-DOWN', { why: inWords.reset });
    return { status: Status.Unavailable, said: report.title, report };
  }
  // Connect's codes have the numbers of gRPC's, which are our statuses.
  return { status: thrown.code as number as Status, said: clean(thrown.rawMessage, token) };
}

const inWords = {
  dns: 'its name is not found',
  refused: 'the connection is refused',
  timeout: 'it does not answer in time',
  reset: 'the connection was broken off',
  tls: 'no connection over TLS comes about',
  proxy: 'the proxy does not let through',
  address: 'its address is not allowed',
  other: 'the connection fails',
};

const certificateWords: Record<TlsFault, string> = {
  expired: 'its certificate is not valid at this time; the clock of this machine may be wrong as well',
  name: 'its certificate is for another name',
  untrusted: 'its certificate is not trusted',
  'no-tls': 'what answers speaks no TLS',
  other: inWords.tls,
};

function clean(text: string, token: string | undefined): string {
  const known = token === undefined || token === '' ? text : text.replaceAll(token, REDACTED);
  const line = known.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** Whether the same call may succeed a little later. */
export function isPassing(status: Status): boolean {
  return !LASTING.has(status);
}

const LASTING = new Set<Status>([
  Status.InvalidArgument,
  Status.NotFound,
  Status.AlreadyExists,
  Status.PermissionDenied,
  Status.FailedPrecondition,
  Status.OutOfRange,
  Status.Unimplemented,
]);
