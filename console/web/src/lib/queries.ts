import { infiniteQueryOptions, queryOptions, type Query } from '@tanstack/react-query';
import type { LiveEvent, OperationName } from '@batonkit/console-contract';
import { call, type Answer, type Input } from './call.ts';

/** Reads one operation; the key is the operation and what it was given. */
export function read<N extends OperationName>(name: N, input: Input<N>) {
  return queryOptions({
    queryKey: [name, input] as const,
    queryFn: ({ signal }) => call(name, input, signal),
  });
}

/** Names of the operations that answer in pages with a cursor. */
type Listing = {
  [N in OperationName]: Answer<N> extends { items: unknown[]; next: string | null } ? N : never;
}[OperationName];

/** Reads a list page by page, as far as it is asked for. */
export function readPages<N extends Listing>(name: N, input: Input<N>) {
  return infiniteQueryOptions({
    queryKey: [name, input] as const,
    queryFn: ({ signal, pageParam }) => call(name, withCursor(input, pageParam), signal),
    initialPageParam: '',
    getNextPageParam: (last: Answer<N>) => (last as { next: string | null }).next,
  });
}

function withCursor<N extends OperationName>(input: Input<N>, cursor: string): Input<N> {
  if (cursor === '') return input;
  const { query } = input as { query?: Record<string, unknown> };
  return { ...(input as object), query: { ...query, cursor } } as Input<N>;
}

/** Whether what a query has read is changed by an event. */
export function isTouchedBy({ topic, id }: LiveEvent): (query: Query) => boolean {
  return ({ queryKey: [name, input] }) => {
    if (name === (topic === 'connector' ? 'listConnectors' : 'listApps')) return true;
    const { params } = (input ?? {}) as { params?: { connectorId?: string; appId?: string } };
    return (topic === 'connector' ? params?.connectorId : params?.appId) === id;
  };
}
