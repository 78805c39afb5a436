import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { App } from '@batonkit/console-contract';
import { read } from '../../lib/queries.ts';
import { figure } from '../../lib/words.ts';
import { without } from '../../lib/without.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { NavTab, NavTabs } from '../../ui/nav-tabs.tsx';
import { Note } from '../../ui/note.tsx';
import { Page, type Crumb } from '../../ui/page.tsx';
import { Name } from '../../ui/text.tsx';
import './access.css';

const route = getRouteApi('/in/apps/$appId');

interface AppPageProps {
  title: string;
  /** Between the app and this page. */
  via?: Crumb;
  children: (app: App, asOf: string | undefined) => ReactNode;
}

/** What all pages of an app have: its tabs, the moment looked at, and whether the data is old. */
export function AppPage({ title, via, children }: AppPageProps) {
  const { appId } = route.useParams();
  const { asOf } = route.useSearch();
  const navigate = useNavigate();
  const reading = useQuery(read('getApp', { params: { appId }, ...(asOf === undefined ? {} : { query: { asOf } }) }));
  const app = reading.data;
  const search = asOf === undefined ? {} : { asOf };
  const params = { appId };
  const changeMoment = (next: string | undefined) =>
    void navigate({
      to: '.',
      search: (now) => ({ ...without(now, 'asOf'), ...(next === undefined ? {} : { asOf: next }) }),
    });
  return (
    <Page
      title={app === undefined ? title : `${title} of ${app.name}`}
      crumbs={[
        { label: 'Apps', to: { to: '/apps' } },
        { label: app?.name ?? 'App', to: { to: '/apps/$appId/administrators', params, search } },
        ...(via === undefined ? [] : [via]),
        { label: title },
      ]}
      asOf={{ asOf, onChange: changeMoment }}
    >
      <NavTabs label={app?.name ?? 'App'}>
        <NavTab
          to="/apps/$appId/administrators"
          params={params}
          search={search}
          {...tabCount(app?.counts?.administrators)}
        >
          Administrators
        </NavTab>
        <NavTab to="/apps/$appId/accounts" params={params} search={search} {...tabCount(app?.counts?.accounts)}>
          Accounts
        </NavTab>
        <NavTab to="/apps/$appId/resources" params={params} search={search} {...tabCount(app?.counts?.roles)}>
          Resources
        </NavTab>
      </NavTabs>
      <Loaded reading={reading} what="the app">
        {(loaded) => (
          <>
            {asOf === undefined ? <Trouble app={loaded} /> : null}
            {children(loaded, asOf)}
          </>
        )}
      </Loaded>
    </Page>
  );
}

const tabCount = (number: number | undefined) => (number === undefined ? {} : { count: figure(number) });

/** A connector that needs somebody, above the data that it could not renew. */
function Trouble({ app }: { app: App }) {
  const troubled = app.connectors.find(({ state }) => state.name === 'error' || state.name === 'paused');
  if (troubled === undefined) return null;
  return (
    <Note
      tone={troubled.state.name === 'error' ? 'err' : 'warn'}
      title={`${troubled.state.label}: ${troubled.state.reason}`}
    >
      <p>
        <Link to="/connectors/$connectorId" params={{ connectorId: troubled.id }}>
          Open the connector <Name>{troubled.name}</Name>
        </Link>
      </p>
    </Note>
  );
}
