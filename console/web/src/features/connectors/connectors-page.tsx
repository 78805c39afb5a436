import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ConnectorSummary } from '@batonkit/console-contract';
import { readPages } from '../../lib/queries.ts';
import { ago, dayAndClock } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { count, listed } from '../../lib/words.ts';
import { Panel } from '../../ui/area.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { DataTable, TableFoot, Who, type DataColumn } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, PageHead } from '../../ui/page.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { Initial, Name, Time } from '../../ui/text.tsx';
import './connectors-page.css';

const URGENCY = { error: 0, paused: 1, not_connected: 2, syncing: 3, processing: 3, connected: 4 } as const;

/** All connectors; those that need somebody come first. */
export function ConnectorsPage() {
  const reading = useInfiniteQuery({
    ...readPages('listConnectors', {}),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(({ run }) => run !== null)) === true ? 2_000 : false,
  });
  const items = reading.data?.pages.flatMap((page) => page.items) ?? [];
  const add = (
    <ButtonLink kind="primary" icon="plus" to="/connectors/add">
      Add connector
    </ButtonLink>
  );
  return (
    <Page title="Connectors" crumbs={[{ label: 'Integrations' }, { label: 'Connectors' }]}>
      <PageHead title="Connectors" {...(items.length === 0 ? {} : { lead: attention(items), actions: add })} />
      <Panel>
        <Loaded reading={reading} what="connectors">
          {() =>
            items.length === 0 ? (
              <Empty title="No connector yet" action={add}>
                A connector reads who has which access, and changes nothing at the source. Add the one for Runlayer, and
                who can administer it is here in about a minute.
              </Empty>
            ) : (
              <Connectors items={items} more={reading.hasNextPage} onMore={() => void reading.fetchNextPage()} />
            )
          }
        </Loaded>
      </Panel>
    </Page>
  );
}

function Connectors({ items, more, onMore }: { items: ConnectorSummary[]; more: boolean; onMore: () => void }) {
  const now = useNow();
  const sorted = items.toSorted((a, b) => URGENCY[a.state.name] - URGENCY[b.state.name]);
  const columns: DataColumn<ConnectorSummary>[] = [
    {
      id: 'connector',
      head: 'Connector',
      renderCell: ({ id, name, app }) => (
        <Who
          mark={<Initial name={name} />}
          name={
            <Link to="/connectors/$connectorId" params={{ connectorId: id }}>
              <Name>{name}</Name>
            </Link>
          }
          sub={<Name>{app.name}</Name>}
        />
      ),
    },
    {
      id: 'status',
      head: 'Status',
      phone: 'line',
      renderCell: ({ state }) => (
        <>
          <StateChip name={state.name} label={state.label} />
          <p className="reason">{state.reason}</p>
        </>
      ),
    },
    {
      id: 'good',
      head: 'Last good sync',
      align: 'right',
      renderCell: ({ lastGood }) =>
        lastGood === null ? (
          'Never'
        ) : (
          <>
            <Time at={lastGood.at}>{dayAndClock(lastGood.at)}</Time>
            <span className="sub">{ago(lastGood.at, now)}</span>
          </>
        ),
    },
    {
      id: 'owner',
      head: 'Owner',
      hide: 'middle',
      phone: 'none',
      renderCell: ({ owners }) => <Name>{listed(owners.map(({ name }) => name))}</Name>,
    },
  ];
  return (
    <>
      <DataTable label="Connectors" columns={columns} groups={[{ id: 'all', items: sorted }]} keyOf={({ id }) => id} />
      <TableFoot>
        <span>
          {more ? `${items.length} so far` : count(items.length, 'connector')}, those that need attention first
        </span>
        {more ? (
          <Button size="small" onPress={onMore}>
            Show more
          </Button>
        ) : null}
      </TableFoot>
    </>
  );
}

function attention(items: ConnectorSummary[]): string {
  const needed = items.filter(({ state }) => URGENCY[state.name] < 3).length;
  if (needed === 0) return 'None needs attention.';
  return `${needed} of ${items.length} ${needed === 1 ? 'needs' : 'need'} attention.`;
}
