import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { App, Role } from '@batonkit/console-contract';
import { asOfText } from '../../lib/as-of.ts';
import { readPages } from '../../lib/queries.ts';
import { count, figure, TIER_WORDS } from '../../lib/words.ts';
import { Panel } from '../../ui/area.tsx';
import { DataTable, Who, type DataColumn } from '../../ui/data-table.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { ProofLine, Say } from '../../ui/say.tsx';
import { Name } from '../../ui/text.tsx';
import { TierMark } from '../../ui/tier.tsx';
import { AppPage } from './app-page.tsx';
import { ListFoot } from './list-foot.tsx';
import { NothingKnown } from './nothing-known.tsx';
import { listQuery } from './use-app-list.ts';

const route = getRouteApi('/in/apps/$appId');

/** The resources of the app: its roles, strongest first. */
export function ResourcesPage() {
  return <AppPage title="Resources">{(app, asOf) => <Roles app={app} asOf={asOf} />}</AppPage>;
}

function Roles({ app, asOf }: { app: App; asOf: string | undefined }) {
  const { appId } = route.useParams();
  const reading = useInfiniteQuery(readPages('listRoles', { params: { appId }, query: listQuery(asOf) }));
  if (app.proof === null) return <NothingKnown app={app} asOf={asOf} what="Roles" />;
  return (
    <>
      <div className="hero">
        <Say>
          <b>{count(app.counts?.roles ?? 0, 'role')}</b>{' '}
          {asOf === undefined ? `in ${app.name} now.` : `in ${app.name} on ${asOfText(asOf)}.`}
        </Say>
        <ProofLine proof={app.proof} past={asOf !== undefined} />
      </div>
      <Panel>
        <Loaded reading={reading} what="roles" rows={7}>
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items);
            return (
              <>
                <DataTable label="Roles" columns={COLUMNS} groups={[{ id: 'all', items }]} keyOf={({ id }) => id} />
                <ListFoot
                  seen={items.length}
                  total={pages[0]?.total ?? null}
                  one="role"
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

const COLUMNS: DataColumn<Role>[] = [
  {
    id: 'role',
    head: 'Role',
    renderCell: (role) => (
      <Who
        name={<RoleLink role={role} />}
        {...(role.description === '' ? {} : { sub: <Name>{role.description}</Name> })}
      />
    ),
  },
  {
    id: 'tier',
    head: 'Tier',
    phone: 'beside',
    renderCell: ({ tier }) => (
      <span className="row">
        <TierMark tier={tier} />
        {TIER_WORDS[tier]}
      </span>
    ),
  },
  {
    id: 'holders',
    head: 'Holders',
    align: 'right',
    phone: 'line',
    renderCell: ({ holders }) => (
      <>
        {figure(holders)}
        <span className="only-phone"> {holders === 1 ? 'holder' : 'holders'}</span>
      </>
    ),
  },
  {
    id: 'entitlement',
    head: 'Entitlement',
    hide: 'middle',
    phone: 'none',
    renderCell: ({ entitlement }) =>
      entitlement === null ? <span className="quiet">none</span> : <span className="mono">{entitlement.slug}</span>,
  },
  {
    id: 'capabilities',
    head: 'Capabilities',
    align: 'right',
    hide: 'middle',
    phone: 'none',
    renderCell: ({ capabilities }) =>
      capabilities.length === 0 ? <span className="quiet">not reported</span> : figure(capabilities.length),
  },
];

function RoleLink({ role }: { role: Role }) {
  const { appId } = route.useParams();
  const { asOf } = route.useSearch();
  return (
    <Link
      to="/apps/$appId/resources/$roleId"
      params={{ appId, roleId: role.id }}
      search={asOf === undefined ? {} : { asOf }}
      title={role.name}
    >
      <Name>{role.name}</Name>
    </Link>
  );
}
