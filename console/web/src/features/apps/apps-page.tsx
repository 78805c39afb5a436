import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { App } from '@batonkit/console-contract';
import { readPages } from '../../lib/queries.ts';
import { ago } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { count, figure } from '../../lib/words.ts';
import { Panel } from '../../ui/area.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { DataTable, TableFoot, Who, type DataColumn } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, PageHead } from '../../ui/page.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { Initial, Name, Time } from '../../ui/text.tsx';

/** What the connectors read. */
export function AppsPage() {
  const reading = useInfiniteQuery(readPages('listApps', {}));
  const apps = reading.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Page title="Apps" crumbs={[{ label: 'Apps' }]}>
      <PageHead title="Apps" lead="What the connectors read: accounts, roles, and who can administer." />
      <Panel>
        <Loaded reading={reading} what="apps">
          {() =>
            apps.length === 0 ? (
              <Empty
                title="No app yet"
                action={
                  <ButtonLink kind="primary" icon="plus" to="/connectors/add">
                    Add connector
                  </ButtonLink>
                }
              >
                An app appears with the first connector that reads it.
              </Empty>
            ) : (
              <Apps apps={apps} more={reading.hasNextPage} onMore={() => void reading.fetchNextPage()} />
            )
          }
        </Loaded>
      </Panel>
    </Page>
  );
}

function Apps({ apps, more, onMore }: { apps: App[]; more: boolean; onMore: () => void }) {
  const now = useNow();
  const columns: DataColumn<App>[] = [
    {
      id: 'app',
      head: 'App',
      renderCell: ({ id, name }) => (
        <Who
          mark={<Initial name={name} />}
          name={
            <Link to="/apps/$appId/administrators" params={{ appId: id }}>
              <Name>{name}</Name>
            </Link>
          }
        />
      ),
    },
    {
      id: 'connectors',
      head: 'Connectors',
      phone: 'line',
      renderCell: ({ connectors }) =>
        connectors.map(({ id, name, state }) => (
          <p key={id} className="row wrap">
            <StateChip name={state.name} label={state.label} />
            <Link to="/connectors/$connectorId" params={{ connectorId: id }}>
              <Name>{name}</Name>
            </Link>
          </p>
        )),
    },
    {
      id: 'administrators',
      head: 'Administrators',
      align: 'right',
      phone: 'line',
      renderCell: ({ id, counts }) =>
        counts === null ? (
          <span className="quiet">not read yet</span>
        ) : (
          <>
            <Link to="/apps/$appId/administrators" params={{ appId: id }}>
              {figure(counts.administrators)}
              <span className="only-phone"> administrators</span>
            </Link>
          </>
        ),
    },
    {
      id: 'accounts',
      head: 'Accounts',
      align: 'right',
      phone: 'none',
      renderCell: ({ id, counts }) =>
        counts === null ? (
          ''
        ) : (
          <Link to="/apps/$appId/accounts" params={{ appId: id }}>
            {figure(counts.accounts)}
          </Link>
        ),
    },
    {
      id: 'read',
      head: 'Read completely',
      align: 'right',
      hide: 'middle',
      renderCell: ({ proof }) =>
        proof === null ? (
          <span className="quiet">never</span>
        ) : (
          <>
            <span className="only-phone">Read completely </span>
            <Time at={proof.span.to}>{ago(proof.span.to, now)}</Time>
            {proof.exceptions.length === 0 ? null : (
              <span className="sub">with {count(proof.exceptions.length, 'exception')}</span>
            )}
          </>
        ),
    },
  ];
  return (
    <>
      <DataTable label="Apps" columns={columns} groups={[{ id: 'all', items: apps }]} keyOf={({ id }) => id} />
      <TableFoot>
        <span>{more ? `${apps.length} so far` : count(apps.length, 'app')}</span>
        {more ? (
          <Button size="small" onPress={onMore}>
            Show more
          </Button>
        ) : null}
      </TableFoot>
    </>
  );
}
