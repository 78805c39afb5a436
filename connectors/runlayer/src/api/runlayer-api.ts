import {
  createHttpClient,
  fetchPage,
  type ConnectorDeps,
  type HttpClient,
  type PageAnswer,
  type PageRequest,
} from '@batonkit/connector';
import { createRedactor } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import { readId } from '../mapping/read-id.ts';
import { openEnvelope } from './envelope.ts';
import { credentialFault, explain, type Asked } from './explain.ts';

/** The user whose key reads. */
export interface Me {
  id: string;
}

/** The part of the Management API that is read. */
export interface RunlayerApi extends AsyncDisposable {
  readonly origin: string;
  me(signal: AbortSignal): Promise<Me>;
  users(request: PageRequest): Promise<PageAnswer>;
  roles(request: PageRequest): Promise<PageAnswer>;
  rolesOf(userId: string, request: PageRequest): Promise<PageAnswer>;
  /** Whether Runlayer knows no such user any more. */
  isUserGone(userId: string, signal: AbortSignal): Promise<boolean>;
}

export const paths = {
  me: '/users/me',
  users: '/users',
  user: '/users/{id}',
  roles: '/roles',
  rolesOf: '/users/{id}/roles',
};

export function createRunlayerApi(baseUrl: URL, key: string, deps: ConnectorDeps): RunlayerApi {
  const { clock, random, observe, userAgent, httpTimeoutSeconds } = deps;
  const http: HttpClient = createHttpClient({
    baseUrl,
    headers: { 'x-runlayer-api-key': key },
    userAgent,
    clock,
    random,
    observe,
    timeouts: { total: httpTimeoutSeconds * 1000, firstByte: Math.min(30, httpTimeoutSeconds) * 1000 },
  });
  const redact = createRedactor([key]);
  const asked = (path: string, what: string): Asked => ({ path, what, isFirst: path === paths.me, baseUrl, redact });
  const list = (path: string, what: string, where: string, request: PageRequest, id?: string): Promise<PageAnswer> =>
    fetchPage(
      http,
      {
        path,
        ...(id === undefined ? {} : { values: { id } }),
        open: (json) => openEnvelope(json, where),
        // 400 is also how an inactive owner is refused.
        refusesSize: (failure) =>
          failure.kind === 'status' &&
          [400, 413, 422].includes(failure.status) &&
          credentialFault(failure) === undefined,
        explain: (failure) =>
          // Below a user, 404 speaks of that user and not of the owner of the key.
          id !== undefined && failure.kind === 'status' && failure.status === 404
            ? fail('RL-PATH-404', { path, what })
            : explain(failure, asked(path, what)),
      },
      request,
    );

  const me = async (signal: AbortSignal): Promise<Me> => {
    const answer = await http.get({ path: paths.me, signal });
    if (!answer.ok) throw explain(answer.failure, asked(paths.me, 'its own user'));
    return { id: readId(answer.json, ['id', 'user_id', 'uuid'], 'The answer to /users/me').id };
  };

  return {
    origin: baseUrl.origin,
    me,
    users: (request) => list(paths.users, 'users', 'The list of users', request),
    roles: (request) => list(paths.roles, 'roles', 'The list of roles', request),
    rolesOf: (id, request) => list(paths.rolesOf, 'the roles of users', "A user's list of roles", request, id),
    isUserGone: async (id, signal) => {
      const answer = await http.get({ path: paths.user, values: { id }, signal });
      if (answer.ok) return false;
      const { failure } = answer;
      // "Not Found" alone is what a server says that has no such path: then nobody is gone.
      if (failure.kind !== 'status' || failure.status !== 404 || !/\buser\b/i.test(failure.detail ?? '')) {
        throw explain(failure, asked(paths.user, 'single users'));
      }
      // A deleted owner of the key gets the same answer for everybody.
      await me(signal);
      return true;
    },
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
}
