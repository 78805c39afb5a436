import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Connector } from '@batonkit/console-contract';
import { read } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { NavTab, NavTabs } from '../../ui/nav-tabs.tsx';
import { ErrorNote } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { Initial, Name } from '../../ui/text.tsx';
import { reportOf } from '../../lib/api-problem.ts';
import { DetailsArea } from './details-area.tsx';
import { LogDrawer } from './log/log-drawer.tsx';
import { SettingsArea } from './settings/settings-area.tsx';
import { HeldArea } from './status/held-area.tsx';
import { StatusArea } from './status/status-area.tsx';
import { useConnectorAction } from './use-connector-action.ts';
import { usePassedStates } from './use-passed-states.ts';
import './connector-page.css';

const route = getRouteApi('/in/connectors/$connectorId');

/** While a run is on the page asks by itself, too: live events may be cut off by something in between. */
const POLL = 1_000;

/** One connector: its state, settings, details and log, on one page. */
export function ConnectorPage() {
  const { connectorId } = route.useParams();
  const reading = useQuery({
    ...read('getConnector', { params: { connectorId } }),
    refetchInterval: ({ state }) => (state.data?.run == null ? false : POLL),
  });
  const name = reading.data?.name ?? 'Connector';
  return (
    <Page
      key={connectorId}
      title={name}
      crumbs={[{ label: 'Integrations' }, { label: 'Connectors', to: { to: '/connectors' } }, { label: name }]}
    >
      <Loaded reading={reading} what="the connector">
        {(connector) => <ConnectorView connector={connector} />}
      </Loaded>
    </Page>
  );
}

function ConnectorView({ connector }: { connector: Connector }) {
  const { tab, log } = route.useSearch();
  const navigate = route.useNavigate();
  const shown = usePassedStates(connector);
  const sync = useConnectorAction(connector.id, 'syncNow');
  const cancel = useConnectorAction(connector.id, 'cancelSync');
  const catalog = useQuery(read('listCatalog', {}));
  const fields = catalog.data?.items.find(({ id }) => id === connector.catalogId)?.fields;
  const show = (which: 'history' | 'requests' | 'audit' | undefined) =>
    void navigate({
      search: (now) => ({
        ...(now.tab === undefined ? {} : { tab: now.tab }),
        ...(which === undefined ? {} : { log: which }),
      }),
      replace: true,
    });
  const running = connector.run !== null;
  const failed = sync.error ?? cancel.error;
  const params = { connectorId: connector.id };
  return (
    <>
      <div className="page-head connector-head">
        <Initial name={connector.name} large />
        <div>
          <div className="row wrap">
            <h1>
              <Name>{connector.name}</Name>
            </h1>
            <StateChip name={shown.name} label={shown.label} large onPress={() => show('history')} />
          </div>
          <p className="connector-reason" role="status">
            <span className="unseen">{shown.label}. </span>
            {shown.reason}
          </p>
        </div>
        <div className="page-actions">
          {running ? (
            <Button icon="stop" waiting={cancel.isPending && 'Cancelling'} onPress={() => cancel.mutate(undefined)}>
              Cancel
            </Button>
          ) : (
            <Button
              icon="sync"
              off={
                connector.state.name === 'not_connected' && connector.settings.length === 0
                  ? 'Settings come first.'
                  : undefined
              }
              waiting={sync.isPending && 'Starting'}
              onPress={() => sync.mutate(undefined)}
            >
              Sync now
            </Button>
          )}
          <Button icon="log" onPress={() => show(log === undefined ? 'history' : undefined)}>
            View logs
          </Button>
        </div>
      </div>
      {failed === null ? null : <ErrorNote report={reportOf(failed)} />}
      <NavTabs label={connector.name}>
        <NavTab
          to="/connectors/$connectorId"
          params={params}
          search={{}}
          activeOptions={{ exact: true, includeSearch: true }}
          aria-current={tab === undefined ? 'page' : undefined}
        >
          Overview
        </NavTab>
        <NavTab
          to="/connectors/$connectorId"
          params={params}
          search={{ tab: 'advanced' }}
          aria-current={tab === 'advanced' ? 'page' : undefined}
        >
          Advanced settings
        </NavTab>
      </NavTabs>
      {tab === 'advanced' ? (
        <Loaded reading={catalog} what="the form">
          {() => <SettingsArea key="advanced" connector={connector} fields={fields} advanced />}
        </Loaded>
      ) : (
        <>
          {connector.held === null ? null : <HeldArea connector={connector} held={connector.held} />}
          <StatusArea connector={connector} />
          <Loaded reading={catalog} what="the form">
            {() => <SettingsArea key="plain" connector={connector} fields={fields} />}
          </Loaded>
          <DetailsArea connector={connector} />
        </>
      )}
      {log === undefined ? null : (
        <LogDrawer connector={connector} tab={log} onTab={show} onClose={() => show(undefined)} />
      )}
    </>
  );
}
