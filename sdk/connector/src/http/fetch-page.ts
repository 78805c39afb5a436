import type { BatonError } from '@batonkit/kernel';
import type { PageAnswer, PageRequest } from '../reading/plan.ts';
import { isOverload, type HttpFailure } from './failure.ts';
import type { HttpClient, Query } from './http-client.ts';

export interface OpenedPage {
  rows: readonly unknown[];
  count: number | null;
  isMore?: boolean;
  /** What may be the size of the whole list, where the answer has no `count`: if it is more than was received, rows follow. */
  total?: number;
}

/** A list at an HTTP API that is paged by `skip` and `limit`, unless it says otherwise. */
export interface PageEndpoint {
  /** Template below the base URL. */
  path: string;
  values?: Readonly<Record<string, string>>;
  /** The query for a page, by default `skip` and `limit` as they are; with a cursor, something else. */
  query?(paging: { skip: number; limit: number | undefined }): Query;
  /** Opens the envelope. @throws BatonError for a form that is not known */
  open(json: unknown): OpenedPage;
  /** Whether a failure may mean that the page was too large. */
  refusesSize(failure: HttpFailure): boolean;
  explain(failure: HttpFailure): BatonError;
}

/** One page, for `PagedList.page` and `MemberList.page`. After a fault of the server the next try asks for less. */
export async function fetchPage(http: HttpClient, endpoint: PageEndpoint, request: PageRequest): Promise<PageAnswer> {
  let { limit } = request;
  const answer = await http.get({
    path: endpoint.path,
    ...(endpoint.values === undefined ? {} : { values: endpoint.values }),
    query: (attempt, last) => {
      if (last !== undefined && isOverload(last)) limit = request.retryLimit(attempt);
      const paging = { skip: request.skip, limit };
      const query = endpoint.query?.(paging) ?? paging;
      return { ...request.words, ...query };
    },
    countRows,
    signal: request.signal,
  });
  if (answer.ok) {
    const { said, sentAt, receivedAt, retries } = answer;
    const { total: inBody, ...opened } = endpoint.open(answer.json);
    const totals = opened.count === null ? [inBody ?? [], said.total ?? []].flat() : [];
    const total = totals.length === 0 ? undefined : Math.max(...totals);
    // Where the body counts, its count is judged with all rows.
    const isTotalLeft = (total ?? 0) > request.skip + opened.rows.length;
    const isMore = opened.isMore === true || said.hasNext === true || isTotalLeft;
    const more = { ...(isMore ? { isMore } : {}), ...(total === undefined ? {} : { total }) };
    return { kind: 'page', ...opened, ...more, limit, sentAt, receivedAt, retries };
  }
  const error = endpoint.explain(answer.failure);
  if (answer.failure.kind === 'status' && answer.failure.status === 404) return { kind: 'absent', error };
  const isTried = request.limit !== undefined || request.words !== undefined;
  if (isTried && endpoint.refusesSize(answer.failure)) return { kind: 'too-large', error };
  throw error;
}

/** Of the one list in an answer, for the event. */
function countRows(json: unknown): number | undefined {
  if (Array.isArray(json)) return json.length;
  const lists = Object.values(json as object).filter((value): value is unknown[] => Array.isArray(value));
  return lists.length === 1 ? lists[0]?.length : undefined;
}
