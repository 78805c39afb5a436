import type { App, Connector, State } from '@batonkit/console-contract';
import { connectorState, passedStates, type ConnectorFacts } from '@batonkit/console-domain';
import type { Clock } from '@batonkit/kernel';
import { getConnector, type AppView, type ConnectorView, type Queryable } from '@batonkit/console-store';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { missingLabels } from '../settings/prepare-settings.ts';

/** Adds what is computed and never stored: the state, and the states that the newest run has passed. */
export function connectorView(view: ConnectorView, catalogue: Catalogue, clock: Clock): Connector {
  const facts = factsOf(view, catalogue);
  return {
    ...view,
    state: connectorState(facts, clock.now()),
    passed: passedStates(facts),
    run: view.run !== null && view.run.finishedAt === null ? view.run : null,
  };
}

/** An app with the states of its connectors. */
export async function appView(view: AppView, db: Queryable, catalogue: Catalogue, clock: Clock): Promise<App> {
  const connectors: { id: string; name: string; state: State }[] = [];
  for (const { id, name } of view.connectors) {
    const { state } = connectorView(await getConnector(db, id), catalogue, clock);
    connectors.push({ id, name, state });
  }
  return { ...view, connectors };
}

/** Labels of required fields without a value. Empty for a connector whose program is not here: nobody knows. */
export function missingOf(view: ConnectorView, catalogue: Catalogue): string[] {
  const item = catalogue.get(view.catalogId);
  if (item === undefined) return [];
  const values = Object.fromEntries(
    view.settings.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  );
  const secrets = new Set(view.settings.flatMap(({ name, secret }) => (secret === undefined ? [] : [name])));
  return missingLabels(item.configuration, values, secrets);
}

function factsOf(view: ConnectorView, catalogue: Catalogue): ConnectorFacts {
  return {
    createdAt: view.createdAt,
    missing: missingOf(view, catalogue),
    run: view.run,
    failedBefore: view.failedBefore,
    held: view.held,
    lastApplied: view.lastGood,
  };
}
