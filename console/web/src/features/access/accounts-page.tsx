import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Account, App } from '@batonkit/console-contract';
import { asOfText } from '../../lib/as-of.ts';
import { readPages } from '../../lib/queries.ts';
import { sinceOf } from '../../lib/time.ts';
import { count, listed } from '../../lib/words.ts';
import { Panel } from '../../ui/area.tsx';
import { DataTable, type DataColumn } from '../../ui/data-table.tsx';
import { Search } from '../../ui/field.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { ProofLine, Say } from '../../ui/say.tsx';
import { Name } from '../../ui/text.tsx';
import { ACCOUNT_TYPES, AccountCell, StatusFlag } from './account-cell.tsx';
import { AppPage } from './app-page.tsx';
import { ListFoot } from './list-foot.tsx';
import { NoHits } from './no-hits.tsx';
import { NothingKnown } from './nothing-known.tsx';
import { listQuery, useAppList } from './use-app-list.ts';

const route = getRouteApi('/in/apps/$appId/accounts');

/** Everybody and everything with an account, with the roles held. */
export function AccountsPage() {
  return <AppPage title="Accounts">{(app, asOf) => <Accounts app={app} asOf={asOf} />}</AppPage>;
}

function Accounts({ app, asOf }: { app: App; asOf: string | undefined }) {
  const { appId, query, settled, search } = useAppList(route.useSearch().q);
  const reading = useInfiniteQuery(readPages('listAccounts', { params: { appId }, query: listQuery(asOf, settled) }));
  if (app.proof === null) return <NothingKnown app={app} asOf={asOf} what="Accounts" />;
  const total = app.counts?.accounts ?? 0;
  return (
    <>
      <div className="hero">
        <Say>
          <b>{count(total, 'account')}</b>{' '}
          {asOf === undefined ? `in ${app.name} now.` : `in ${app.name} on ${asOfText(asOf)}.`}
        </Say>
        <ProofLine proof={app.proof} past={asOf !== undefined} />
      </div>
      <div className="filters">
        <Search label="Find an account" placeholder="Name, email or login" value={query} onChange={search} />
      </div>
      <Panel>
        <Loaded reading={reading} what="accounts" rows={10}>
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items);
            if (items.length === 0) return <NoHits query={settled} onClear={() => search('')} />;
            return (
              <>
                <DataTable label="Accounts" columns={COLUMNS} groups={[{ id: 'all', items }]} keyOf={({ id }) => id} />
                <ListFoot
                  seen={items.length}
                  total={pages[0]?.total ?? null}
                  one="account"
                  more={reading.hasNextPage}
                  fetching={reading.isFetchingNextPage}
                  onMore={() => void reading.fetchNextPage()}
                />
              </>
            );
          }}
        </Loaded>
      </Panel>
    </>
  );
}

const COLUMNS: DataColumn<Account>[] = [
  { id: 'account', head: 'Account', renderCell: (account) => <AccountCell account={account} /> },
  {
    id: 'status',
    head: 'Status',
    phone: 'beside',
    renderCell: ({ status }) =>
      status.name === 'enabled' ? (
        'Enabled'
      ) : (
        <span className="flags">
          <StatusFlag status={status} />
        </span>
      ),
  },
  {
    id: 'kind',
    head: 'Account type',
    hide: 'middle',
    phone: 'none',
    renderCell: ({ type }) => ACCOUNT_TYPES[type],
  },
  {
    id: 'roles',
    head: 'Roles',
    phone: 'line',
    renderCell: ({ roles }) =>
      roles.length === 0 ? (
        <span className="quiet">no role</span>
      ) : (
        <Name>{listed(roles.map(({ name }) => name))}</Name>
      ),
  },
  {
    id: 'since',
    head: 'Seen since',
    hide: 'middle',
    phone: 'none',
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
