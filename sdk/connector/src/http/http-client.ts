import { linkAbort, type Clock, type Random } from '@batonkit/kernel';
import { Agent, request } from 'undici';
import type { Observe } from '../events.ts';
import { isAllowedOrigin } from './address-guard.ts';
import { isWorthRetrying, networkFailure, type HttpFailure } from './failure.ts';
import { InFlight } from './in-flight.ts';
import { detailOf, isDeeperThan, readBody } from './read-body.ts';
import { redirectTarget } from './redirect.ts';
import { retryAfter } from './retry-after.ts';

/** Parameters of a request; those that are undefined are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** Asks a JSON API. It can read and nothing else: there is no other verb. */
export interface HttpClient extends AsyncDisposable {
  readonly baseUrl: URL;
  /** Answers the JSON of a 200, or why there is none, after up to 5 tries. Rejects when `signal` aborts. */
  get(request: GetRequest): Promise<HttpAnswer>;
}

export interface GetRequest {
  /** Path template below the base URL: `/users/{id}/roles`. Stands in events and messages in place of the address. */
  path: string;
  values?: Readonly<Record<string, string>>;
  /** The query of the n-th try (1 is the first). */
  query?: (attempt: number, last: HttpFailure | undefined) => Query;
  /** How many rows an answer has, for the event. */
  countRows?: (json: unknown) => number | undefined;
  signal: AbortSignal;
}

export type HttpAnswer =
  | {
      ok: true;
      json: unknown;
      query: Query;
      sentAt: number;
      receivedAt: number;
      retries: number;
    }
  | { ok: false; failure: HttpFailure; retries: number };

export interface HttpClientOptions {
  baseUrl: URL;
  /** Sent with every request; may hold a secret, which goes nowhere else. */
  headers: Readonly<Record<string, string>>;
  userAgent: string;
  clock: Clock;
  random: Random;
  observe: Observe;
  maxInFlight?: number;
  /** Milliseconds; by default 10 s, 30 s and 300 s. */
  timeouts?: { connect?: number; firstByte?: number; total?: number };
  maxBodyBytes?: number;
}

const tries = 5;
const firstPause = 500;
const longestWait = 15 * 60_000;
const deepest = 64;

type Outcome = { ok: true; json: unknown } | { ok: false; failure: HttpFailure; retryAfter?: number | undefined };

/**
 * Makes the client of one source. The only retry layer above it is a person.
 * @throws RangeError for plain http to another machine
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { baseUrl, clock, random, observe } = options;
  if (!isAllowedOrigin(baseUrl)) throw new RangeError('Plain http is only for this machine.');
  const timeouts = { connect: 10_000, firstByte: 30_000, total: 300_000, ...options.timeouts };
  const mostBytes = options.maxBodyBytes ?? 64 * 2 ** 20;
  const agent = new Agent({
    connect: { timeout: timeouts.connect },
    headersTimeout: timeouts.firstByte,
    bodyTimeout: timeouts.total,
    keepAliveTimeout: 30_000,
    pipelining: 1,
  });
  const inFlight = new InFlight(options.maxInFlight ?? 4);
  const headers = { ...options.headers, accept: 'application/json', 'user-agent': options.userAgent };
  /** Paths that the server wants with, or without, a trailing slash. */
  const slashed = new Map<string, string>();
  let lastProgress = clock.monotonic();
  let running = 0;

  const exchange = async (
    url: URL,
    signal: AbortSignal,
  ): Promise<Outcome & { location?: string | undefined; status: number }> => {
    using linked = linkAbort(signal);
    const timer = setTimeout(() => linked.abort(new DOMException('too slow', 'TimeoutError')), timeouts.total);
    try {
      const answer = await request(url, { method: 'GET', headers, dispatcher: agent, signal: linked.signal });
      const status = answer.statusCode;
      const header = (name: string): string | undefined => [answer.headers[name]].flat()[0];
      const contentType = (header('content-type') ?? '').toLowerCase();
      const isJson = /^application\/(?:[\w.+-]*\+)?json\b/.test(contentType);
      const body = await readBody(answer.body, status === 200 ? mostBytes : 65_536);
      if (status !== 200) {
        const detail = isJson && typeof body !== 'number' ? detailOf(parse(body)) : undefined;
        const wait = retryAfter(header('retry-after'), clock.now());
        const failure: HttpFailure = { kind: 'status', status, detail, isJson };
        return { ok: false, failure, retryAfter: wait, status, location: header('location') };
      }
      if (typeof body === 'number') {
        return { ok: false, failure: { kind: 'too-large', bytes: mostBytes }, status };
      }
      return { ...readJson(body, contentType, isJson), status };
    } catch (error) {
      signal.throwIfAborted();
      return { ok: false, failure: networkFailure(error, url.host), status: 0 };
    } finally {
      clearTimeout(timer);
    }
  };

  const attempt = async (get: GetRequest, query: Query): Promise<Outcome & { status: number }> => {
    const filled = get.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segment(get.values?.[name] ?? ''));
    const known = slashed.get(get.path);
    const url = new URL(baseUrl);
    url.pathname = `${baseUrl.pathname.replace(/\/$/, '')}${filled}`;
    if (known === '/') url.pathname += '/';
    if (known === '') url.pathname = url.pathname.replace(/\/$/, '');
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const first = await exchange(url, get.signal);
    if (![301, 302, 303, 307, 308].includes(first.status)) return first;
    const target = redirectTarget(url, first.status, first.location);
    if (typeof target !== 'string') return { ok: false, failure: target, status: first.status };
    url.pathname = target;
    const second = await exchange(url, get.signal);
    if (second.status >= 300 && second.status < 400) {
      return {
        ok: false,
        failure: { kind: 'redirect', status: second.status, reason: 'twice' },
        status: second.status,
      };
    }
    slashed.set(get.path, target.endsWith('/') ? '/' : '');
    return second;
  };

  const getWithRetries = async (get: GetRequest): Promise<HttpAnswer> => {
    let last: HttpFailure | undefined;
    for (let n = 1; ; n++) {
      get.signal.throwIfAborted();
      const query = get.query?.(n, last) ?? {};
      const { outcome, sentAt, receivedAt } = await inFlight.run(async () => {
        const sentAt = clock.now();
        const outcome = await attempt(get, query);
        return { outcome, sentAt, receivedAt: clock.now() };
      });
      const waitMs = outcome.ok ? undefined : pauseAfter(outcome, n, random);
      const rows = outcome.ok ? get.countRows?.(outcome.json) : undefined;
      observe({
        type: 'request',
        at: sentAt,
        method: 'GET',
        path: get.path,
        ...(typeof query['skip'] === 'number' ? { skip: query['skip'] } : {}),
        ...(typeof query['limit'] === 'number' ? { limit: query['limit'] } : {}),
        status: outcome.status,
        ms: Math.max(0, receivedAt - sentAt),
        ...(rows === undefined ? {} : { rows }),
        attempt: n,
        ...(waitMs === undefined ? {} : { waitMs }),
      });
      if (outcome.ok) {
        lastProgress = clock.monotonic();
        inFlight.wentWell();
        return { ok: true, json: outcome.json, query, sentAt, receivedAt, retries: n - 1 };
      }
      last = outcome.failure;
      const failed = (failure: HttpFailure): HttpAnswer => ({ ok: false, failure, retries: n - 1 });
      if (last.kind === 'status' && last.status === 429) inFlight.slowDown();
      if (!isWorthRetrying(last)) {
        // An answer is an answer: the source is alive, even if it says no.
        if (last.kind !== 'network') lastProgress = clock.monotonic();
        return failed(last);
      }
      if (outcome.retryAfter !== undefined && outcome.retryAfter > longestWait) {
        const status = last.kind === 'status' ? last.status : 0;
        return failed({ kind: 'wait-too-long', seconds: Math.ceil(outcome.retryAfter / 1000), status });
      }
      if (waitMs === undefined) return failed(last);
      if (clock.monotonic() + waitMs - lastProgress > longestWait) {
        return failed({ kind: 'no-progress', minutes: longestWait / 60_000 });
      }
      await clock.sleep(waitMs, get.signal);
    }
  };

  return {
    baseUrl,
    async get(get) {
      // A client that was idle has not been waiting.
      if (running === 0) lastProgress = clock.monotonic();
      running++;
      try {
        return await getWithRetries(get);
      } finally {
        running--;
      }
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

/** One segment of a path. Dots alone would walk up to another path, and answer another question. */
function segment(value: string): string {
  if (/^\.{0,2}$/.test(value)) throw new RangeError('A path segment may not be empty or dots alone.');
  return encodeURIComponent(value);
}

/** Full jitter, doubled at each try; the server's own wish goes before. Undefined: no more tries. */
function pauseAfter(outcome: Outcome & { ok: false }, n: number, random: Random): number | undefined {
  if (n >= tries || !isWorthRetrying(outcome.failure)) return undefined;
  if (outcome.retryAfter !== undefined && outcome.retryAfter > longestWait) return undefined;
  return outcome.retryAfter ?? Math.round(random.float() * firstPause * 2 ** (n - 1));
}

function readJson(body: Buffer, contentType: string, isJson: boolean): Outcome {
  const bad = (failure: HttpFailure): Outcome => ({ ok: false, failure });
  if (contentType.startsWith('text/html') || startsLikeHtml(body)) return bad({ kind: 'html' });
  if (!isJson) return bad({ kind: 'not-json', contentType: contentType.split(';')[0]?.slice(0, 60) ?? '' });
  if (isDeeperThan(body, deepest)) return bad({ kind: 'bad-json', reason: 'too-deep' });
  const json = parse(body);
  if (json === undefined) return bad({ kind: 'bad-json', reason: 'broken' });
  if (json === null) return bad({ kind: 'bad-json', reason: 'null' });
  return { ok: true, json };
}

function parse(body: Buffer): unknown {
  try {
    // Bytes that are not UTF-8 must not turn into question marks inside an id.
    return JSON.parse(utf8.decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function startsLikeHtml(body: Buffer): boolean {
  return /^\s*</.test(body.toString('latin1', 0, 256).replace('\u00ef\u00bb\u00bf', ''));
}
