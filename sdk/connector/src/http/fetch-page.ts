import type { BatonError } from '@batonkit/kernel';
import type { PageAnswer, PageRequest } from '../reading/plan.ts';
import { isOverload, type HttpFailure } from './failure.ts';
import type { HttpClient, Query } from './http-client.ts';

/** A list at an HTTP API that is paged by `skip` and `limit`, unless it says otherwise. */
export interface PageEndpoint {
  /** Template below the base URL. */
  path: string;
  values?: Readonly<Record<string, string>>;
  /** The query for a page, by default `skip` and `limit` as they are; with a cursor, something else. */
  query?(paging: { skip: number; limit: number | undefined }): Query;
  /** Opens the envelope. @throws BatonError for a form that is not known */
  open(json: unknown): { rows: readonly unknown[]; count: number | null; isMore?: boolean };
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
      return endpoint.query?.(paging) ?? paging;
    },
    countRows,
    signal: request.signal,
  });
  if (answer.ok) {
    const { said, sentAt, receivedAt, retries } = answer;
    const opened = endpoint.open(answer.json);
    // By a cursor nobody knows what came before; where the body counts, its count is judged with all rows.
    const isTotalLeft =
      request.cursor === undefined && opened.count === null && (said.total ?? 0) > request.skip + opened.rows.length;
    const isMore = opened.isMore === true || said.hasNext === true || isTotalLeft;
    return { kind: 'page', ...opened, ...(isMore ? { isMore } : {}), limit, sentAt, receivedAt, retries };
  }
  const error = endpoint.explain(answer.failure);
  if (answer.failure.kind === 'status' && answer.failure.status === 404) return { kind: 'absent', error };
  if (request.limit !== undefined && endpoint.refusesSize(answer.failure)) return { kind: 'too-large', error };
  throw error;
}

/** Of the one list in an answer, for the event. */
function countRows(json: unknown): number | undefined {
  if (Array.isArray(json)) return json.length;
  const lists = Object.values(json as object).filter((value): value is unknown[] => Array.isArray(value));
  return lists.length === 1 ? lists[0]?.length : undefined;
}
