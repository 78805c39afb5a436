import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { App, HeldNewcomer } from '@batonkit/console-contract';
import { asOfText } from '../../lib/as-of.ts';
import { readPages } from '../../lib/queries.ts';
import { count } from '../../lib/words.ts';
import { Area, Panel } from '../../ui/area.tsx';
import { BatonLegend } from '../../ui/baton.tsx';
import { Search } from '../../ui/field.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Newcomers } from '../../ui/newcomers.tsx';
import { ProofLine, Say } from '../../ui/say.tsx';
import { AdministratorsTable } from './administrators-table.tsx';
import { AppPage } from './app-page.tsx';
import { ChangesArea } from './changes-area.tsx';
import { ListFoot } from './list-foot.tsx';
import { NoHits } from './no-hits.tsx';
import { NothingKnown } from './nothing-known.tsx';
import { listQuery, useAppList } from './use-app-list.ts';

const route = getRouteApi('/in/apps/$appId/administrators');

/** Who can administer the app, strongest first, and since when. */
export function AdministratorsPage() {
  return <AppPage title="Administrators">{(app, asOf) => <Administrators app={app} asOf={asOf} />}</AppPage>;
}

function Administrators({ app, asOf }: { app: App; asOf: string | undefined }) {
  const { appId, query, settled, search } = useAppList(route.useSearch().q);
  const params = { appId };
  const all = useInfiniteQuery(readPages('listAdministrators', { params, query: listQuery(asOf) }));
  const found = useInfiniteQuery(readPages('listAdministrators', { params, query: listQuery(asOf, settled) }));
  return (
    <Loaded reading={all} what="administrators" rows={8}>
      {({ pages: [first] }) => {
        if (first === undefined || first.proof === null) {
          return <NothingKnown app={app} asOf={asOf} what="Administrators" />;
        }
        return (
          <>
            <div className="hero">
              <Sentence app={app} asOf={asOf} total={first.total ?? 0} disabled={first.disabled} />
              <ProofLine proof={first.proof} past={asOf !== undefined} />
            </div>
            {first.newcomers.length === 0 ? null : <Held app={app} newcomers={first.newcomers} />}
            <div className="filters">
              <Search label="Find an administrator" placeholder="Name, email or role" value={query} onChange={search} />
            </div>
            <Panel>
              <Loaded reading={found} what="administrators" rows={8}>
                {({ pages }) => {
                  const items = pages.flatMap((page) => page.items);
                  const [head] = pages;
                  if (items.length === 0 || head === undefined) {
                    return settled === '' ? <NoOne /> : <NoHits query={settled} onClear={() => search('')} />;
                  }
                  return (
                    <>
                      <AdministratorsTable
                        items={items}
                        tiers={head.tiers}
                        axis={first.axis}
                        past={asOf !== undefined}
                      />
                      <ListFoot
                        seen={items.length}
                        total={head.total}
                        one="administrator"
                        more={found.hasNextPage}
                        fetching={found.isFetchingNextPage}
                        onMore={() => void found.fetchNextPage()}
                      >
                        <BatonLegend past={asOf !== undefined} />
                      </ListFoot>
                    </>
                  );
                }}
              </Loaded>
            </Panel>
            <ChangesArea appId={appId} asOf={asOf} />
          </>
        );
      }}
    </Loaded>
  );
}

function Sentence({
  app,
  asOf,
  total,
  disabled,
}: {
  app: App;
  asOf: string | undefined;
  total: number;
  disabled: number;
}) {
  const lead =
    disabled === 0
      ? undefined
      : `${count(disabled, 'of them is', 'of them are')} disabled and would have the role back the moment the account is enabled.`;
  return (
    <Say lead={lead}>
      <b>{total === 0 ? 'No account' : count(total, 'account')}</b>{' '}
      {asOf === undefined ? (
        <>can administer {app.name} now.</>
      ) : (
        <>
          could administer {app.name} on {asOfText(asOf)}.
        </>
      )}
    </Say>
  );
}

/** Not among the accounts below, as nothing of a held sync is applied; but nobody may be hidden by it. */
function Held({ app, newcomers }: { app: App; newcomers: readonly HeldNewcomer[] }) {
  const [connector] = app.connectors;
  return (
    <Area
      title="New administrators in a sync that is held"
      side={
        connector === undefined ? null : (
          <Link to="/connectors/$connectorId" params={{ connectorId: connector.id }} search={{}} className="small">
            Decide about the sync
          </Link>
        )
      }
    >
      <p className="small soft">
        Nothing of it is applied, so {newcomers.length === 1 ? 'this account is' : 'these accounts are'} not counted
        below.
      </p>
      <Newcomers of={newcomers} />
    </Area>
  );
}

function NoOne() {
  return (
    <div className="empty">
      <h2>No one holds an administrator’s role</h2>
      <p>For a live platform this is unlikely. Check the last sync in the connector’s log.</p>
    </div>
  );
}
