import { useInfiniteQuery } from '@tanstack/react-query';
import { readPages } from '../../../lib/queries.ts';
import { dayAndClock } from '../../../lib/time.ts';
import { Loaded } from '../../../ui/loaded.tsx';
import { Name, Time } from '../../../ui/text.tsx';
import { LogList } from './log-list.tsx';

/** Who did what with this connector. */
export function AuditLog({ connectorId }: { connectorId: string }) {
  const reading = useInfiniteQuery(readPages('listAudit', { params: { connectorId } }));
  return (
    <Loaded reading={reading} what="the audit trail">
      {({ pages }) => (
        <LogList
          label="Changes of this connector, newest first"
          items={pages.flatMap(({ items }) => items)}
          empty="Nothing was changed yet"
          more={reading.hasNextPage}
          onMore={() => void reading.fetchNextPage()}
        >
          {(record) => (
            <li key={record.id}>
              <div className="row">
                <b>{record.action}</b>
                <span className="push quiet fine">
                  <Time at={record.at}>{dayAndClock(record.at)}</Time>
                </span>
              </div>
              <p className="soft">
                <Name>{record.detail}</Name>
              </p>
              <p className="fine quiet">
                by <Name>{record.actor}</Name>
              </p>
            </li>
          )}
        </LogList>
      )}
    </Loaded>
  );
}
