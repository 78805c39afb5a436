/**
 * Why a GET gave no JSON. Facts, for the connector to put into words; never a body, an address with
 * values or a header.
 */
export type HttpFailure =
  /** An answer that is not 200. `detail` is the server's own short text, cut and cleaned. */
  | { kind: 'status'; status: number; detail: string | undefined; isJson: boolean }
  /** No answer. */
  | { kind: 'network'; reason: NetworkReason; host: string; detail: string; tls?: TlsFault }
  /** 200 with a web page. */
  | { kind: 'html' }
  /** 200 with something else than JSON. */
  | { kind: 'not-json'; contentType: string }
  /** 200 with JSON that breaks off, is `null`, is nested too deeply or of too many parts, names a key twice, or is packed in a way that cannot be undone. */
  | { kind: 'bad-json'; reason: JsonFault }
  /** More bytes than are taken, counted after unpacking. */
  | { kind: 'too-large'; bytes: number }
  /** 200 out of a cache on the way, although what the source says now was asked for. */
  | { kind: 'stale'; seconds: number }
  /** A redirect that is not followed. */
  | { kind: 'redirect'; status: number; reason: 'other-host' | 'other-path' | 'insecure' | 'twice' | 'no-target' }
  /** The server asks for a longer wait than we grant. */
  | { kind: 'wait-too-long'; seconds: number; status: number }
  /** Nothing was answered for the longest time that we wait. */
  | { kind: 'no-progress'; minutes: number };

export type JsonFault = 'broken' | 'null' | 'too-deep' | 'too-many' | 'duplicate-key' | 'encoding';

/**
 * `tls`: the certificate or the handshake, with `tls` saying more. `proxy`: the proxy, not the server.
 * `address`: the address guard refuses where the name leads.
 */
export type NetworkReason = 'dns' | 'refused' | 'timeout' | 'reset' | 'tls' | 'proxy' | 'address' | 'other';
/** `no-tls`: what answers speaks no TLS, such as a plain port. */
export type TlsFault = 'untrusted' | 'expired' | 'name' | 'no-tls' | 'other';

/** A failure on the way through a proxy; `detail` is a status such as `407`, or a code of the system. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure';
  readonly proxy: string;
  readonly detail: string;

  constructor(proxy: string, detail: string, cause?: unknown) {
    super(`The proxy ${proxy} failed: ${detail}`, cause === undefined ? {} : { cause });
    this.proxy = proxy;
    this.detail = detail;
  }
}

/** What the address guard throws at a connect. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

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
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof ProxyFailure) return { kind: 'network', reason: 'proxy', host: at.proxy, detail: at.detail };
    if (at instanceof AddressRefused) return { kind: 'network', reason: 'address', host, detail: 'refused' };
  }
  const code = codeOf(error);
  const tls = tlsFault(code);
  if (tls !== undefined) return { kind: 'network', reason: 'tls', host, detail: code, tls };
  return { kind: 'network', reason: reasons[code] ?? 'other', host, detail: code };
}

/** The code of what lies at the bottom of an error of the network stack. */
export function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at.name === 'TimeoutError') return 'ETIMEDOUT';
    // Happy eyeballs throws one error with the errors of all addresses.
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0]);
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return 'UNKNOWN';
}

function tlsFault(code: string): TlsFault | undefined {
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'expired';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'name';
  if (/^(?:DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|CERT_UNTRUSTED|CERT_SIGNATURE|CERT_CHAIN|INVALID_CA)/.test(code))
    return 'untrusted';
  if (/^(?:EPROTO$|ERR_SSL_(?:WRONG_VERSION|PACKET_LENGTH|HTTP_REQUEST|UNKNOWN_PROTOCOL))/.test(code)) return 'no-tls';
  return /^(?:ERR_TLS|ERR_SSL|CERT_)/.test(code) ? 'other' : undefined;
}

/** Whether another try can help: the request changes nothing, so only the answer counts. */
export function isWorthRetrying(failure: HttpFailure): boolean {
  if (failure.kind === 'network') {
    if (failure.reason === 'proxy') return !/^4\d\d$/.test(failure.detail);
    return failure.reason !== 'tls' && failure.reason !== 'address';
  }
  if (failure.kind !== 'status') return false;
  return failure.status === 408 || failure.status === 429 || (failure.status >= 500 && failure.status !== 501);
}

/** Whether the server gave up on this answer; a smaller page may be easier. */
export function isOverload(failure: HttpFailure): boolean {
  if (failure.kind === 'network') return failure.reason === 'timeout';
  return failure.kind === 'status' && failure.status >= 500;
}
