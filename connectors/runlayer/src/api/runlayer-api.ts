import {
  createHttpClient,
  type ConnectorDeps,
  type HttpAnswer,
  type HttpFailure,
  type PageAnswer,
  type PageRequest,
} from '@batonkit/connector';
import { BatonError, createRedactor } from '@batonkit/kernel';
import { strict, type Judge } from '../exceptions.ts';
import { fail } from '../errors.ts';
import { asRow, readId, type Row } from '../mapping/read-id.ts';
import { userIdKeys } from '../mapping/user.ts';
import type { Settings } from '../settings.ts';
import type { Opened } from './envelope.ts';
import { credentialFault, explain, type Asked } from './explain.ts';
import { listPage } from './list-pager.ts';

/** The user whose key reads. */
export interface Me {
  id: string;
  /** The whole answer to `/users/me`. */
  row: Row;
}

/** What is asked for, in the words of messages. */
export interface Wanted {
  /** Template below the base URL. */
  path: string;
  /** As in "may not read …". */
  what: string;
  /** How messages call the answer. */
  where: string;
  /** The template stands below a user or a role: a 404 there does not speak of the owner of the key. */
  isOfMember?: boolean;
  isRolesOfUser?: boolean;
  /** Nobody has read it yet, and it may be elsewhere: 405 and a path that was taken for an id mean that nothing is there. */
  isCandidate?: boolean;
  judge?: Judge;
  seen?: (form: Opened['form']) => void;
}

export type Style = 'header' | 'bearer';

/** The part of the Management API that is read. */
export interface RunlayerApi extends AsyncDisposable {
  readonly origin: string;
  /** How the key is sent; with `auto` it is known after `me`. */
  readonly style: Style;
  me(signal: AbortSignal): Promise<Me>;
  page(wanted: Wanted, request: PageRequest, member?: string): Promise<PageAnswer>;
  /** One item; undefined when Runlayer says that there is no such item. @throws BatonError for any other answer */
  item(wanted: Wanted & { noun: 'user' | 'role' }, id: string, signal: AbortSignal): Promise<Row | undefined>;
  /** Any document, below the base URL or from the root of the host. */
  document(path: string, fromRoot: boolean, signal: AbortSignal): Promise<HttpAnswer>;
  /** In the connector's words. */
  explain(failure: HttpFailure, wanted: Pick<Wanted, 'path' | 'what'>): BatonError;
}

const mePath = '/users/me';

export function createRunlayerApi(settings: Settings, deps: ConnectorDeps): RunlayerApi {
  const { baseUrl, key } = settings;
  let style: Style = settings.authStyle === 'bearer' ? 'bearer' : 'header';
  const http = createHttpClient({
    baseUrl,
    // One style at a time: what is not asked for is not sent.
    headers: () => (style === 'header' ? { 'x-runlayer-api-key': key } : { authorization: `Bearer ${key}` }),
    extraHeaders: settings.extraHeaders,
    userAgent: deps.userAgent,
    clock: deps.clock,
    random: deps.random,
    observe: deps.observe,
    network: deps.network,
    timeouts: { total: deps.httpTimeoutSeconds * 1000, firstByte: Math.min(30, deps.httpTimeoutSeconds) * 1000 },
  });
  const redact = createRedactor([key, ...Object.values(settings.extraHeaders ?? {})]);
  const inWords = (failure: HttpFailure, { path, what }: Pick<Wanted, 'path' | 'what'>): BatonError => {
    const asked: Asked = { path, what, isFirst: path === mePath, baseUrl, redact };
    return explain(failure, asked);
  };

  const me = async (signal: AbortSignal): Promise<Me> => {
    let answer = await http.get({ path: mePath, signal });
    const is401 = !answer.ok && answer.failure.kind === 'status' && answer.failure.status === 401;
    if (is401 && settings.authStyle === 'auto' && !isConnected) {
      style = 'bearer';
      const second = await http.get({ path: mePath, signal });
      // Also a refusal that knows whose key it is says more than one that saw no key.
      if (second.ok || credentialFault(second.failure) !== undefined) answer = second;
      else style = 'header';
    }
    if (!answer.ok) throw inWords(answer.failure, { path: mePath, what: 'its own user' });
    isConnected = true;
    const where = 'The answer to /users/me';
    return { id: readId(answer.json, userIdKeys, where).id, row: asRow(answer.json, where) };
  };
  let isConnected = false;

  return {
    origin: baseUrl.origin,
    get style() {
      return style;
    },
    me,
    page: async (wanted, request, member) => {
      let failed: HttpFailure | undefined;
      const answer = listPage(
        http,
        {
          path: wanted.path,
          where: wanted.where,
          judge: wanted.judge ?? strict,
          ...(wanted.isRolesOfUser === undefined ? {} : { isRolesOfUser: wanted.isRolesOfUser }),
          ...(wanted.seen === undefined ? {} : { seen: wanted.seen }),
          // 400 is also how an inactive owner is refused.
          refusesSize: (failure) =>
            failure.kind === 'status' &&
            [400, 413, 422].includes(failure.status) &&
            credentialFault(failure) === undefined,
          explain: (failure) => {
            failed = failure;
            return wanted.isOfMember === true && failure.kind === 'status' && failure.status === 404
              ? fail('RL-PATH-404', { path: wanted.path, what: wanted.what, option: 'assignments-path' })
              : inWords(failure, wanted);
          },
        },
        request,
        member,
      );
      if (wanted.isCandidate !== true) return await answer;
      try {
        const given = await answer;
        // 404 with the text of a deleted owner; only below `/users/` may it speak of the path.
        if (given.kind === 'absent' && given.error.code !== 'RL-PATH-404' && !/^\/users\/./.test(wanted.path)) {
          throw given.error;
        }
        const isNothing = given.kind === 'too-large' && failed !== undefined && isNoSuchPath(failed);
        return isNothing ? { kind: 'absent', error: given.error } : given;
      } catch (error) {
        if (failed === undefined || !(error instanceof BatonError) || !isNoSuchPath(failed)) throw error;
        return { kind: 'absent', error };
      }
    },
    item: async (wanted, id, signal) => {
      const answer = await http.get({ path: wanted.path, values: { id }, signal });
      if (answer.ok) return asRow(answer.json, wanted.where);
      const { failure } = answer;
      const names = wanted.noun === 'user' ? /\buser\b/i : /\brole\b/i;
      // "Not Found" alone is what a server says that has no such path: then nobody is gone.
      if (failure.kind !== 'status' || failure.status !== 404 || !names.test(failure.detail ?? '')) {
        throw inWords(failure, wanted);
      }
      // A deleted owner of the key gets the same answer for everybody.
      await me(signal);
      return undefined;
    },
    document: (path, fromRoot, signal) => http.get({ path, fromRoot, signal }),
    explain: inWords,
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
}

/** Servers answer 405 where only other methods are known, and 422 where `/users/roles` is taken for a user "roles". */
function isNoSuchPath(failure: HttpFailure): boolean {
  if (failure.kind !== 'status') return false;
  return failure.status === 405 || (failure.status === 422 && /^path\b/.test(failure.detail ?? ''));
}
