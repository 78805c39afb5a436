import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { App, Grant, Role } from '@batonkit/console-contract';
import { asOfText } from '../../lib/as-of.ts';
import { readPages } from '../../lib/queries.ts';
import { sinceOf } from '../../lib/time.ts';
import { count, TIER_WORDS } from '../../lib/words.ts';
import { Area, Facts, Panel } from '../../ui/area.tsx';
import { DataTable, type DataColumn } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Search } from '../../ui/field.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { ProofLine, Say } from '../../ui/say.tsx';
import { Name } from '../../ui/text.tsx';
import { AccountCell, StatusFlag } from './account-cell.tsx';
import { AppPage } from './app-page.tsx';
import { ListFoot } from './list-foot.tsx';
import { NoHits } from './no-hits.tsx';
import { NothingKnown } from './nothing-known.tsx';
import { listQuery, useAppList } from './use-app-list.ts';

const route = getRouteApi('/in/apps/$appId/resources/$roleId');

/** Who holds one role. */
export function HoldersPage() {
  const { appId } = route.useParams();
  return (
    <AppPage title="Holders" via={{ label: 'Resources', to: { to: '/apps/$appId/resources', params: { appId } } }}>
      {(app, asOf) => <RoleHolders app={app} asOf={asOf} />}
    </AppPage>
  );
}

function RoleHolders({ app, asOf }: { app: App; asOf: string | undefined }) {
  const { appId, roleId } = route.useParams();
  const roles = useInfiniteQuery(readPages('listRoles', { params: { appId }, query: listQuery(asOf) }));
  const role = roles.data?.pages.flatMap(({ items }) => items).find(({ id }) => id === roleId);
  if (app.proof === null) return <NothingKnown app={app} asOf={asOf} what="Holders" />;
  return (
    <Loaded reading={roles} what="the role">
      {() =>
        role === undefined ? (
          <Panel>
            <Empty heading="h1" title="This role was not there at that moment">
              It may have been added later, or removed before.
            </Empty>
          </Panel>
        ) : (
          <Holders app={app} asOf={asOf} role={role} />
        )
      }
    </Loaded>
  );
}

function Holders({ app, asOf, role }: { app: App; asOf: string | undefined; role: Role }) {
  const { appId, query, settled, search } = useAppList(route.useSearch().q);
  const reading = useInfiniteQuery(
    readPages('listGrants', { params: { appId }, query: { ...listQuery(asOf, settled), roleId: role.id } }),
  );
  return (
    <>
      <div className="hero">
        <Say {...(role.description === '' ? {} : { lead: <Name>{role.description}</Name> })}>
          <b>{role.holders === 0 ? 'No account' : count(role.holders, 'account')}</b>{' '}
          {asOf === undefined ? (role.holders > 1 ? 'hold' : 'holds') : 'held'} <Name>{role.name}</Name>{' '}
          {asOf === undefined ? 'now.' : `on ${asOfText(asOf)}.`}
        </Say>
        {app.proof === null ? null : <ProofLine proof={app.proof} past={asOf !== undefined} />}
      </div>
      <div className="filters">
        <Search label="Find a holder" placeholder="Name or email" value={query} onChange={search} />
      </div>
      <Panel>
        <Loaded reading={reading} what="holders" rows={6}>
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items);
            if (items.length === 0) {
              return settled === '' ? (
                <Empty title="Nobody holds this role" />
              ) : (
                <NoHits query={settled} onClear={() => search('')} />
              );
            }
            return (
              <>
                <DataTable
                  label="Holders"
                  columns={COLUMNS}
                  groups={[{ id: 'all', items }]}
                  keyOf={({ externalId }) => externalId}
                />
                <ListFoot
                  seen={items.length}
                  total={pages[0]?.total ?? null}
                  one="holder"
                  more={reading.hasNextPage}
                  fetching={reading.isFetchingNextPage}
                  onMore={() => void reading.fetchNextPage()}
                />
              </>
            );
          }}
        </Loaded>
      </Panel>
      <Area title="The role">
        <Facts
          of={{
            Tier: TIER_WORDS[role.tier],
            Entitlement:
              role.entitlement === null ? 'none' : <span className="mono">{role.entitlement.externalId}</span>,
            Capabilities:
              role.capabilities.length === 0 ? (
                'The connector does not report any.'
              ) : (
                <span className="mono">{role.capabilities.join(', ')}</span>
              ),
            'Role ID': <span className="mono">{role.externalId}</span>,
          }}
        />
      </Area>
    </>
  );
}

const COLUMNS: DataColumn<Grant>[] = [
  { id: 'account', head: 'Account', renderCell: ({ account }) => <AccountCell account={account} /> },
  {
    id: 'status',
    head: 'Status',
    phone: 'beside',
    renderCell: ({ account }) =>
      account.status.name === 'enabled' ? (
        'Enabled'
      ) : (
        <span className="flags">
          <StatusFlag status={account.status} kept />
        </span>
      ),
  },
  {
    id: 'since',
    head: 'Since',
    phone: 'line',
    renderCell: ({ interval }) => {
      const { text, sub } = sinceOf(interval);
      return (
        <>
          {text}
          <span className="sub">{sub}</span>
        </>
      );
    },
  },
];
