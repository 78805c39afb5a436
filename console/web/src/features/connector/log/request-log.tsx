import { skipToken, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Connector, RequestRecord } from '@batonkit/console-contract';
import { read, readPages } from '../../../lib/queries.ts';
import { seconds } from '../../../lib/time.ts';
import { count } from '../../../lib/words.ts';
import { Bones, Empty } from '../../../ui/empty.tsx';
import { Loaded } from '../../../ui/loaded.tsx';
import { Time } from '../../../ui/text.tsx';
import { LogList } from './log-list.tsx';

/** What the newest run asked of the instance: method, path and how it was answered. */
export function RequestLog({ connector }: { connector: Connector }) {
  const params = { connectorId: connector.id };
  const newest = useQuery({
    ...read('listSyncs', { params, query: { limit: 1 } }),
    ...(connector.run === null ? {} : { queryFn: skipToken }),
  });
  const runId = connector.run?.id ?? newest.data?.items[0]?.id;
  if (runId !== undefined) return <Requests key={runId} connector={connector} runId={runId} />;
  if (newest.data === undefined) return <Bones what="requests" />;
  return <Empty heading="h3" title="No request yet" />;
}

function Requests({ connector, runId }: { connector: Connector; runId: string }) {
  const reading = useInfiniteQuery({
    ...readPages('listRequests', { params: { connectorId: connector.id, runId } }),
    refetchInterval: connector.run === null ? false : 1_000,
  });
  return (
    <Loaded reading={reading} what="requests">
      {({ pages }) => (
        <LogList
          className="requests"
          label="Requests, newest first"
          items={keyed(pages.flatMap(({ items }) => items))}
          empty="No request yet"
          more={reading.hasNextPage}
          onMore={() => void reading.fetchNextPage()}
        >
          {({ key, request }) => (
            <li key={key} className={isBad(request) ? 'bad' : ''}>
              <Time at={request.at}>{seconds(request.at)}</Time>
              <code>
                {request.method} {request.path}
              </code>
              <span className="result">
                {request.status ?? 'no answer'} · {Math.round(request.ms)} ms
              </span>
              {request.rows === null && request.attempt < 2 ? null : (
                <span className="rows">
                  {[
                    request.rows === null ? '' : count(request.rows, 'row'),
                    request.attempt > 1 ? `try ${request.attempt}` : '',
                  ]
                    .filter(Boolean)
                    .join(', ')}
                </span>
              )}
            </li>
          )}
        </LogList>
      )}
    </Loaded>
  );
}

/** The same path may be asked for several times in one moment: those are numbered, the oldest first, as it stays where it is. */
function keyed(newestFirst: readonly RequestRecord[]): { key: string; request: RequestRecord }[] {
  const seen = new Map<string, number>();
  return newestFirst
    .toReversed()
    .map((request) => {
      const name = `${request.at} ${request.path}`;
      const nth = (seen.get(name) ?? 0) + 1;
      seen.set(name, nth);
      return { key: `${name} ${nth}`, request };
    })
    .toReversed();
}

function isBad({ status }: RequestRecord): boolean {
  return status === null || status >= 400;
}
