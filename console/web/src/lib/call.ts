import { API_PREFIX, operations, Problem, type FileName, type OperationName } from '@batonkit/console-contract';
import type { z } from 'zod';
import { ApiProblem } from './api-problem.ts';

type Operations = typeof operations;
type Schema<N extends OperationName, K extends string> =
  Operations[N] extends Record<K, infer S extends z.ZodType> ? S : never;

/** What an operation takes: its path parameters, its query and its body, as the contract says. */
export type Input<N extends OperationName> = ([Schema<N, 'params'>] extends [never]
  ? unknown
  : { params: z.input<Schema<N, 'params'>> }) &
  ([Schema<N, 'query'>] extends [never] ? unknown : { query?: z.input<Schema<N, 'query'>> }) &
  ([Schema<N, 'body'>] extends [never] ? unknown : { body: z.input<Schema<N, 'body'>> });

export type Answer<N extends OperationName> = [Schema<N, 'response'>] extends [never]
  ? undefined
  : z.output<Schema<N, 'response'>>;

/**
 * Calls one operation of the console. The answer is checked against the contract: an answer of an unknown form is
 * an error, never an empty page.
 *
 * @throws ApiProblem for everything but a good answer; what an aborted request throws
 */
export async function call<N extends OperationName>(
  name: N,
  input: Input<N>,
  signal?: AbortSignal,
): Promise<Answer<N>> {
  const operation: { method: string; path: string; status: number; response?: z.ZodType } = operations[name];
  const { params, query, body } = input as {
    params?: Record<string, string>;
    query?: Record<string, unknown>;
    body?: unknown;
  };
  const response = await send(address(operation.path, params, query), {
    method: operation.method.toUpperCase(),
    credentials: 'same-origin',
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.status !== operation.status) throw await refusalOf(response);
  if (operation.response === undefined) return undefined as Answer<N>;
  const answer = operation.response.safeParse(await jsonOf(response));
  if (!answer.success) throw ApiProblem.unknownAnswer();
  return answer.data as Answer<N>;
}

/** Where a file can be had, for a link. */
export function fileAddress<N extends FileName>(name: N, params: z.input<Schema<N, 'params'>>): string {
  return address(operations[name].path, params as Record<string, string>);
}

function address(path: string, params: Record<string, string> = {}, query: Record<string, unknown> = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key] ?? ''));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (typeof value === 'string' && value !== '') search.set(key, value);
    if (typeof value === 'number') search.set(key, String(value));
  }
  return `${API_PREFIX}${filled}${search.size === 0 ? '' : `?${search}`}`;
}

async function send(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (request.signal?.aborted === true) throw error;
    throw ApiProblem.unreachable();
  }
}

async function refusalOf(response: Response): Promise<ApiProblem> {
  const problem = Problem.safeParse(await jsonOf(response));
  return problem.success ? new ApiProblem(problem.data) : ApiProblem.unknownAnswer();
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}
