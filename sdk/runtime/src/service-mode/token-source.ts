import type { Clock, Random } from '@batonkit/kernel';
import type { Credential } from './credential.ts';
import { failC1 } from './errors.ts';
import { ASSERTION_SECONDS, makeAssertion } from './make-assertion.ts';

export const TOKEN_PATH = '/auth/v1/token';

/** What the token endpoint answered. */
export interface TokenAnswer {
  status: number;
  /** Its `Date` header. */
  date: string | undefined;
  body: string;
}

export interface Token {
  /** For the `authorization` header. */
  readonly authorization: string;
  /** The secret part of it. */
  readonly secret: string;
}

interface Kept extends Token {
  /** Milliseconds, wall clock and monotonic: a machine that slept stops one of them. */
  takenAt: Instant;
  until: Instant;
}
interface Instant {
  now: number;
  monotonic: number;
}

export interface TokenSourceOptions {
  credential: Credential;
  /** Sends the form to the token endpoint. @throws when nobody answers */
  post: (form: string, signal: AbortSignal) => Promise<TokenAnswer>;
  clock: Clock;
  random: Random;
  /** Ends with the service; not with the one call that asks first. */
  signal: AbortSignal;
  /** Told once of a clock that is off by more than an assertion bears. */
  onSkew: (sentence: string) => void;
}

/** A token is replaced this long before it ends (protocol: runtime 3.2). */
const EARLY_MS = 10_000;
/** One that is younger is not replaced when it is refused: the next would be refused as well. */
const YOUNG_MS = 60_000;
/** Half of what an assertion lives: by more than that, C1 may take it for one of yesterday. */
const SKEW_MS = (ASSERTION_SECONDS * 1000) / 2;

/** Access tokens for C1: kept while they are good, asked for once however many calls need one. */
export class TokenSource {
  private readonly options: TokenSourceOptions;
  private kept: Kept | undefined;
  private asking: Promise<Kept> | undefined;
  private toldSkew = '';

  constructor(options: TokenSourceOptions) {
    this.options = options;
  }

  /** @throws BatonError `BK-C1-TOKEN`, `BK-C1-TOKEN-FORM` (16), `BK-C1-DOWN` (14); the signal's reason */
  async take(signal: AbortSignal): Promise<Token> {
    signal.throwIfAborted();
    if (this.kept !== undefined && this.isBefore(this.kept.until)) return this.kept;
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    return await abortable(this.asking, signal);
  }

  /** A call with this token was refused. Answers whether it is worth trying again with another one. */
  refused(token: Token): boolean {
    if (this.kept === undefined || this.kept !== token) return this.kept !== undefined;
    const { now, monotonic } = this.kept.takenAt;
    if (this.isBefore({ now: now + YOUNG_MS, monotonic: monotonic + YOUNG_MS })) return false;
    this.kept = undefined;
    return true;
  }

  /** The token that is kept, for those who take secrets out of texts. */
  get secret(): string | undefined {
    return this.kept?.secret;
  }

  private async ask(): Promise<Kept> {
    const { credential, post, clock, random, signal } = this.options;
    // Keys in alphabetical order, as in the genuine form.
    const form = new URLSearchParams({
      client_assertion: makeAssertion(credential, clock, random),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_id: credential.clientId,
      grant_type: 'client_credentials',
    });
    const takenAt = this.instant();
    const answer = await post(form.toString(), signal);
    const skew = this.skewOf(answer.date, takenAt.now);
    if (answer.status !== 200) {
      const { status } = answer;
      if (status >= 500 || status === 429 || status === 408)
        throw failC1('BK-C1-DOWN', { why: `its token endpoint answers ${status}` });
      throw failC1('BK-C1-TOKEN', { status, skew });
    }
    const { secret, type, seconds } = parse(answer.body);
    const ms = Math.min(seconds, 86_400 * 365) * 1000 - EARLY_MS;
    this.kept = {
      authorization: `${type.toLowerCase() === 'bearer' ? 'Bearer' : type} ${secret}`,
      secret,
      takenAt,
      until: { now: takenAt.now + ms, monotonic: takenAt.monotonic + ms },
    };
    return this.kept;
  }

  /** A sentence when this machine's clock is off by more than an assertion bears; empty otherwise. */
  private skewOf(date: string | undefined, sentAt: number): string {
    const theirs = Date.parse(date ?? '');
    if (Number.isNaN(theirs)) return '';
    const now = this.options.clock.now();
    // The header has whole seconds; it was written between the two.
    const off = theirs > now ? theirs - now : theirs + 1000 < sentAt ? theirs + 1000 - sentAt : 0;
    if (Math.abs(off) <= SKEW_MS) {
      this.toldSkew = '';
      return '';
    }
    const sentence =
      `The clock of this machine is ${inWords(Math.abs(off))} ${off > 0 ? 'behind' : 'ahead of'} that of C1, ` +
      `and what this program signs can be used for ${ASSERTION_SECONDS / 60} minutes only.`;
    if (this.toldSkew === '') this.options.onSkew(sentence);
    this.toldSkew = sentence;
    return sentence;
  }

  private instant(): Instant {
    const { clock } = this.options;
    return { now: clock.now(), monotonic: clock.monotonic() };
  }

  private isBefore({ now, monotonic }: Instant): boolean {
    const { clock } = this.options;
    return clock.now() < now && clock.monotonic() < monotonic;
  }
}

function parse(body: string): { secret: string; type: string; seconds: number } {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    throw failC1('BK-C1-TOKEN-FORM', {});
  }
  const {
    access_token: secret,
    token_type: type = '',
    expires_in: seconds = 0,
  } = (answer ?? {}) as Record<string, unknown>;
  // What goes into a header may not end it.
  const isHeader = (text: unknown): text is string => typeof text === 'string' && /^[\x21-\x7e]*$/.test(text);
  if (!isHeader(secret) || secret === '' || !isHeader(type)) throw failC1('BK-C1-TOKEN-FORM', {});
  return {
    secret,
    type: type === '' ? 'Bearer' : type,
    seconds: typeof seconds === 'number' && seconds > 0 ? seconds : 0,
  };
}

function inWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}

async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
