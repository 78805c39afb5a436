import { linkAbort, type Clock, type Random } from '@batonkit/kernel';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import type { Observe } from '../events.ts';
import { defaultPolicy, destinationOf, guardDestination, type AddressPolicy } from './address-guard.ts';
import { createConnector } from './connect.ts';
import { detailOf } from './detail-of.ts';
import { isWorthRetrying, networkFailure, type HttpFailure } from './failure.ts';
import { InFlight } from './in-flight.ts';
import { parseJson, readJson } from './json-answer.ts';
import type { ProxySettings } from './proxy.ts';
import { waitAfterLast, waitOf } from './rate-limit.ts';
import { acceptedEncodings, EncodingFault, readBody } from './read-body.ts';
import { redirectTarget } from './redirect.ts';
import { headerFault } from './request-headers.ts';
import { saidInHeaders, staleFor, type SaidInHeaders } from './said-in-headers.ts';

/** Asks a JSON API. It can read and nothing else: there is no other verb. */
export interface HttpClient extends AsyncDisposable {
  readonly baseUrl: URL;
  /** Answers the JSON of a 200, or why there is none, after up to 5 tries. Rejects when `signal` aborts. */
  get(request: GetRequest): Promise<HttpAnswer>;
}

/** A list is sent as one parameter for each of its texts. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export interface GetRequest {
  /** Path template below the base URL: `/users/{id}/roles`. Stands in events and messages in place of the address. */
  path: string;
  values?: Readonly<Record<string, string>>;
  /** The path is meant from the root of the host, not from the base URL: `/openapi.json`. */
  fromRoot?: boolean;
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
      /** Of a list, beside its body. */
      said: SaidInHeaders;
      query: Query;
      sentAt: number;
      receivedAt: number;
      retries: number;
    }
  | { ok: false; failure: HttpFailure; retries: number };

/** What the one who runs a program says about the network, for every client in it. */
export interface NetworkSettings {
  /** Requests at once, 1 to 64; 4 by default. */
  maxInFlight?: number;
  /** Certificate authorities to trust beside the usual ones, PEM. */
  ca?: readonly string[];
  proxy?: ProxySettings;
  /** By default https anywhere and plain http to this machine. */
  policy?: AddressPolicy;
}

export interface HttpClientOptions {
  baseUrl: URL;
  /** Sent with every request; may hold a secret, which goes nowhere else. A function is asked each time. */
  headers: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /** Headers that a person configured, secrets as well; see `headerFault`. */
  extraHeaders?: Readonly<Record<string, string>> | undefined;
  userAgent: string;
  clock: Clock;
  random: Random;
  observe: Observe;
  network?: NetworkSettings | undefined;
  /** Milliseconds; by default 10 s, 30 s and 300 s. */
  timeouts?: { connect?: number; firstByte?: number; total?: number };
  /** Unpacked; 64 MiB by default. */
  maxBodyBytes?: number;
}

const tries = 5;
const firstPause = 500;
const longestWait = 15 * 60_000;

type Outcome =
  | { ok: true; json: unknown; said: SaidInHeaders; wait?: number | undefined }
  | { ok: false; failure: HttpFailure; wait?: number | undefined };
type Exchange = Outcome & { status: number; location?: string | undefined };

/**
 * Makes the client of one source. The only retry layer above it is a person.
 * @throws RangeError for a target that the default policy refuses, such as plain http to another machine, and for
 *   headers that cannot be sent; what a policy that was given refuses is a failure of its request
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { baseUrl, clock, random, observe, network = {}, extraHeaders = {} } = options;
  const policy = network.policy ?? defaultPolicy;
  if (network.policy === undefined && !policy(destinationOf(baseUrl)))
    throw new RangeError('The address policy refuses this target.');
  const maxInFlight = network.maxInFlight ?? 4;
  if (!Number.isInteger(maxInFlight) || maxInFlight < 1 || maxInFlight > 64)
    throw new RangeError('From 1 to 64 requests run at once.');
  const ownHeaders = (): Readonly<Record<string, string>> =>
    typeof options.headers === 'function' ? options.headers() : options.headers;
  const fault = headerFault(extraHeaders, Object.keys(ownHeaders()));
  if (fault !== undefined) throw new RangeError(`The header ${fault.name} ${fault.fault}.`);
  const timeouts = { connect: 10_000, firstByte: 30_000, total: 300_000, ...options.timeouts };
  const mostBytes = options.maxBodyBytes ?? 64 * 2 ** 20;
  const agent = new Agent({
    connect: createConnector({
      target: baseUrl,
      policy,
      timeout: timeouts.connect,
      ca: network.ca ?? [],
      proxy: network.proxy,
    }),
    headersTimeout: timeouts.firstByte,
    bodyTimeout: timeouts.total,
    keepAliveTimeout: 30_000,
    pipelining: 1,
  });
  const inFlight = new InFlight(maxInFlight, clock);
  /** Paths that the server wants with, or without, a trailing slash. */
  const slashed = new Map<string, string>();
  let lastProgress = clock.monotonic();
  let running = 0;
  const stalledFor = (): number => clock.monotonic() - lastProgress;

  const exchange = async (url: URL, signal: AbortSignal): Promise<Exchange> => {
    using linked = linkAbort(signal);
    // Bodies that trickle are waits as well.
    const longest = Math.min(timeouts.total, Math.max(1, longestWait - stalledFor()));
    const timer = setTimeout(() => linked.abort(new DOMException('too slow', 'TimeoutError')), longest);
    try {
      guardDestination(policy, destinationOf(url));
      const headers = {
        ...extraHeaders,
        ...ownHeaders(),
        accept: 'application/json',
        'accept-encoding': acceptedEncodings,
        // Two readings out of a cache on the way would agree, and say nothing of the source.
        'cache-control': 'no-cache',
        'user-agent': options.userAgent,
      };
      const { origin, pathname, search } = url;
      const { signal: stop } = linked;
      const asked = { origin, path: pathname + search, method: 'GET', headers, signal: stop } as const;
      const sentAt = clock.monotonic();
      const answer = await request.call(agent, asked);
      const elapsed = clock.monotonic() - sentAt;
      const status = answer.statusCode;
      const header = (name: string): string | undefined => [answer.headers[name]].flat()[0];
      const contentType = (header('content-type') ?? '').toLowerCase();
      const isJson = /^application\/(?:[\w.+-]*\+)?json\b/.test(contentType);
      const isGood = status === 200;
      const wait = isGood ? waitAfterLast(header, clock.now()) : waitOf(status, header, clock.now());
      const location = header('location');
      const body = await readBody(answer.body, header('content-encoding'), isGood ? mostBytes : 65_536).catch(
        (error: unknown) => {
          if (error instanceof EncodingFault) return error;
          throw error;
        },
      );
      if (!isGood) {
        const detail = isJson && body instanceof Uint8Array ? detailOf(parseJson(body)) : undefined;
        return { ok: false, failure: { kind: 'status', status, detail, isJson }, wait, status, location };
      }
      if (body instanceof Error) return { ok: false, failure: { kind: 'bad-json', reason: 'encoding' }, status };
      if (typeof body === 'number') return { ok: false, failure: { kind: 'too-large', bytes: mostBytes }, status };
      const read = readJson(body, contentType, isJson);
      if ('kind' in read) return { ok: false, failure: read, status };
      const seconds = staleFor(header, elapsed);
      if (seconds !== undefined) return { ok: false, failure: { kind: 'stale', seconds }, status };
      // A header may stand there several times, each with a part of what is said.
      const whole = (name: string): string | undefined => [answer.headers[name] ?? []].flat().join(', ') || undefined;
      return { ok: true, json: read.json, said: saidInHeaders(whole), wait, status };
    } catch (error) {
      signal.throwIfAborted();
      return { ok: false, failure: networkFailure(error, url.host), status: 0 };
    } finally {
      clearTimeout(timer);
    }
  };

  const attempt = async (get: GetRequest, query: Query): Promise<Exchange> => {
    const filled = get.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segment(get.values?.[name] ?? ''));
    const place = get.fromRoot === true ? `/${get.path}` : get.path;
    const known = slashed.get(place);
    const url = new URL(baseUrl);
    url.pathname = `${get.fromRoot === true ? '' : baseUrl.pathname.replace(/\/$/, '')}${filled}`;
    if (known === '/') url.pathname += '/';
    if (known === '') url.pathname = url.pathname.replace(/\/$/, '');
    for (const [name, value] of Object.entries(query)) {
      if (typeof value === 'object') for (const one of value) url.searchParams.append(name, one);
      else if (value !== undefined) url.searchParams.set(name, String(value));
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
    slashed.set(place, target.endsWith('/') ? '/' : '');
    return second;
  };

  const getWithRetries = async (get: GetRequest): Promise<HttpAnswer> => {
    let last: HttpFailure | undefined;
    for (let n = 1; ; n++) {
      get.signal.throwIfAborted();
      const query = get.query?.(n, last) ?? {};
      const { outcome, sentAt, receivedAt, round } = await inFlight.run(get.signal, async (round) => {
        const sentAt = clock.now();
        const outcome = await attempt(get, query);
        return { outcome, sentAt, receivedAt: clock.now(), round };
      });
      const waitMs = outcome.ok ? grantedWait(outcome.wait) : pauseAfter(outcome, n, random);
      const rows = outcome.ok ? get.countRows?.(outcome.json) : undefined;
      observe({
        type: 'request',
        at: sentAt,
        method: 'GET',
        host: baseUrl.host,
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
        if (waitMs !== undefined) inFlight.pause(waitMs);
        const { json, said } = outcome;
        return { ok: true, json, said, query, sentAt, receivedAt, retries: n - 1 };
      }
      last = outcome.failure;
      const failed = (failure: HttpFailure): HttpAnswer => ({ ok: false, failure, retries: n - 1 });
      if (last.kind === 'status' && last.status === 429) inFlight.slowDown(round);
      if (!isWorthRetrying(last)) {
        // An answer is an answer: the source is alive, even if it says no.
        if (last.kind !== 'network') lastProgress = clock.monotonic();
        return failed(last);
      }
      if (outcome.wait !== undefined && outcome.wait > longestWait) {
        const status = last.kind === 'status' ? last.status : 0;
        return failed({ kind: 'wait-too-long', seconds: Math.ceil(outcome.wait / 1000), status });
      }
      if (stalledFor() + (waitMs ?? 0) > longestWait) {
        return failed({ kind: 'no-progress', minutes: longestWait / 60_000 });
      }
      if (waitMs === undefined) return failed(last);
      // A wish of the server is meant for all of us.
      if (outcome.wait !== undefined) inFlight.pause(waitMs);
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
  if (outcome.wait !== undefined && outcome.wait > longestWait) return undefined;
  return outcome.wait ?? Math.round(random.float() * firstPause * 2 ** (n - 1));
}

/** After a good answer a wait is ours to choose: one that is too long to be waited for is left to be refused. */
function grantedWait(wait: number | undefined): number | undefined {
  return wait !== undefined && wait > 0 && wait <= longestWait ? wait : undefined;
}
