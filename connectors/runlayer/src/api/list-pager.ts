import {
  fetchPage,
  type HttpClient,
  type HttpFailure,
  type PageAnswer,
  type PageRequest,
  type Query,
} from '@batonkit/connector';
import type { BatonError } from '@batonkit/kernel';
import type { Judge } from '../exceptions.ts';
import { fail } from '../errors.ts';
import { openEnvelope, type Opened } from './envelope.ts';

export interface ListTarget {
  /** Template below the base URL; `{id}` is filled for each member. */
  path: string;
  /** How messages call the answer, such as `The list of users`. */
  where: string;
  /** Then `null` may mean none, if somebody says so. */
  isRolesOfUser?: boolean;
  judge: Judge;
  /** Told of each form that is seen. */
  seen?: (form: Opened['form']) => void;
  refusesSize(failure: HttpFailure): boolean;
  explain(failure: HttpFailure): BatonError;
}

/**
 * A page of a list by `skip` and `limit`, or by the cursor that the page before gave, which leads to no
 * other host and no other path.
 *
 * @param member fills `{id}`
 * @throws BatonError for what is neither a page, nor absent, nor refused for its size
 */
export async function listPage(
  http: HttpClient,
  target: ListTarget,
  request: PageRequest,
  member?: string,
): Promise<PageAnswer> {
  const { cursor, skip } = request;
  let opened: Opened | undefined;
  const answer = await fetchPage(
    http,
    {
      path: target.path,
      ...(member === undefined ? {} : { values: { id: member } }),
      ...(cursor === undefined
        ? {}
        : { query: ({ limit }): Query => ({ limit, ...Object.fromEntries(new URLSearchParams(cursor)) }) }),
      open: (json) => {
        opened = openEnvelope(json, target.where, target);
        target.seen?.(opened.form);
        const { rows, count, isMore, total } = opened;
        return { rows, count, isMore, ...(total === undefined ? {} : { total }) };
      },
      refusesSize: (failure) => target.refusesSize(failure),
      explain: (failure) => target.explain(failure),
    },
    request,
  );
  if (answer.kind !== 'page' || opened === undefined) return answer;
  const next = nextOf(opened, skip + answer.rows.length, cursor !== undefined, () => addressOf(http, target, member));
  return next === undefined ? answer : { ...answer, next };
}

/** The query of the next page; null at the end; undefined where the list has no cursors. */
function nextOf(
  { next, count, isMore, form }: Opened,
  received: number,
  isByCursor: boolean,
  here: () => { address: URL; where: string },
): string | null | undefined {
  if (next === undefined) {
    // A key for cursors that holds none is the end, unless another key, or the count, says that rows are left.
    const isEnd =
      form.follows !== null && form.follows !== 'has_more' && !isMore && (count === null || received >= count);
    return isByCursor || isEnd ? null : undefined;
  }
  if (next.kind !== 'link') return new URLSearchParams({ [next.kind]: next.value }).toString();
  const { address, where } = here();
  const target = URL.parse(next.value, address.href);
  const bare = (path: string): string => path.replace(/\/$/, '');
  // Behind a proxy that ends TLS, servers write http where https is meant; nothing else may differ.
  const isHere =
    target !== null &&
    target.host === address.host &&
    target.username === '' &&
    (target.protocol === address.protocol || address.protocol === 'https:') &&
    bare(target.pathname) === bare(address.pathname);
  if (!isHere) throw fail('RL-SHAPE', { where, fault: 'its next page is at another place' });
  return target.searchParams.toString();
}

function addressOf({ baseUrl }: HttpClient, { path, where }: ListTarget, member = ''): { address: URL; where: string } {
  const filled = path.replace('{id}', encodeURIComponent(member));
  return { address: new URL(`${baseUrl.origin}${baseUrl.pathname.replace(/\/$/, '')}${filled}`), where };
}
