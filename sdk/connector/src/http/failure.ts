/**
 * Why a GET gave no JSON. Facts, for the connector to put into words; never a body, an address with
 * values or a header.
 */
export type HttpFailure =
  /** An answer that is not 200. `detail` is the server's own short text, cut and cleaned. */
  | { kind: 'status'; status: number; detail: string | undefined; isJson: boolean }
  /** No answer. */
  | { kind: 'network'; reason: NetworkReason; host: string; detail: string }
  /** 200 with a web page. */
  | { kind: 'html' }
  /** 200 with something else than JSON. */
  | { kind: 'not-json'; contentType: string }
  /** 200 with JSON that breaks off, is `null`, or is nested too deeply. */
  | { kind: 'bad-json'; reason: 'broken' | 'null' | 'too-deep' }
  | { kind: 'too-large'; bytes: number }
  /** A redirect that is not followed. */
  | { kind: 'redirect'; status: number; reason: 'other-host' | 'other-path' | 'insecure' | 'twice' | 'no-target' }
  /** The server asks for a longer wait than we grant. */
  | { kind: 'wait-too-long'; seconds: number; status: number }
  /** Nothing was answered for the longest time that we wait. */
  | { kind: 'no-progress'; minutes: number };

export type NetworkReason = 'dns' | 'refused' | 'timeout' | 'reset' | 'tls' | 'other';

const reasons: Record<string, NetworkReason> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  ECONNREFUSED: 'refused',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_CLOSED: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
};

/** Puts what the network stack threw into one of the reasons. */
export function networkFailure(error: unknown, host: string): HttpFailure {
  const code = codeOf(error);
  const reason = reasons[code] ?? (isTls(code) ? 'tls' : 'other');
  return { kind: 'network', reason, host, detail: code };
}

function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at.name === 'TimeoutError') return 'ETIMEDOUT';
    // Happy eyeballs throws one error with the errors of all addresses.
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0]);
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return 'UNKNOWN';
}

function isTls(code: string): boolean {
  return /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO)/.test(code);
}

/** Whether another try can help: the request changes nothing, so only the answer counts. */
export function isWorthRetrying(failure: HttpFailure): boolean {
  if (failure.kind === 'network') return failure.reason !== 'tls';
  if (failure.kind !== 'status') return false;
  return failure.status === 408 || failure.status === 429 || (failure.status >= 500 && failure.status !== 501);
}

/** Whether the server gave up on this answer; a smaller page may be easier. */
export function isOverload(failure: HttpFailure): boolean {
  if (failure.kind === 'network') return failure.reason === 'timeout';
  return failure.kind === 'status' && failure.status >= 500;
}
