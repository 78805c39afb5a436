import type { App } from '@batonkit/console-contract';
import { Panel } from '../../ui/area.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { StateChip } from '../../ui/state-chip.tsx';

/** Where no complete sync is: not known is not none. */
export function NothingKnown({ app, asOf, what }: { app: App; asOf: string | undefined; what: string }) {
  if (asOf !== undefined) {
    return (
      <Panel>
        <Empty heading="h1" title={`Nothing is known about ${app.name} at that moment`}>
          No sync had read it completely by then.
        </Empty>
      </Panel>
    );
  }
  const [connector] = app.connectors;
  return (
    <Panel>
      <Empty
        heading="h1"
        title={`${app.name} has not been read yet`}
        {...(connector === undefined
          ? {}
          : {
              action: (
                <>
                  <p>
                    <StateChip name={connector.state.name} label={connector.state.label} /> {connector.state.reason}
                  </p>
                  <ButtonLink to="/connectors/$connectorId" params={{ connectorId: connector.id }}>
                    Open the connector
                  </ButtonLink>
                </>
              ),
            })}
      >
        {what} appear when the first sync is complete, all at once.
      </Empty>
    </Panel>
  );
}
