import type { Connector } from '@batonkit/console-contract';
import * as store from '@batonkit/console-store';
import type { Transaction } from '@batonkit/console-store';
import { fail } from '../../errors.ts';
import { saveSettings } from '../../settings/save-settings.ts';
import { connectorView, missingOf } from '../../views/connector-view.ts';
import type { Handlers } from '../operation.ts';
import type { HandlerContext } from './context.ts';

type Names =
  | 'listCatalog'
  | 'listConnectors'
  | 'createConnector'
  | 'getConnector'
  | 'updateConnector'
  | 'saveSettings'
  | 'syncNow'
  | 'cancelSync'
  | 'confirmChanges'
  | 'listSyncs'
  | 'listRequests'
  | 'listAudit';

export function connectorHandlers(context: HandlerContext): Pick<Handlers, Names> {
  const { catalogue, clock, events } = context;
  const { db } = context.store;

  const read = async (id: string): Promise<Connector> =>
    connectorView(await store.getConnector(db, id), catalogue, clock);

  /** One change with its audit record in one transaction; then everybody is told, and the new state is the answer. */
  const change = async (
    connectorId: string,
    actor: string,
    work: (tx: Transaction) => Promise<{ action: string; detail: string }>,
  ): Promise<Connector> => {
    await db.transaction(async (tx) => {
      await store.addAudit(tx, { connectorId, actor, ...(await work(tx)) });
    });
    return changed(connectorId);
  };
  const changed = async (connectorId: string): Promise<Connector> => {
    context.wakeWorker();
    const connector = await read(connectorId);
    events.publish({ topic: 'connector', id: connectorId });
    events.publish({ topic: 'app', id: connector.app.id });
    return connector;
  };

  return {
    listCatalog: async () => ({ items: catalogue.all().map(({ entry }) => entry), next: null }),
    listConnectors: async ({ query }) => {
      const { items, next } = await store.listConnectors(db, query);
      return { items: items.map((view) => connectorView(view, catalogue, clock)), next };
    },
    getConnector: ({ params }) => read(params.connectorId),
    createConnector: async ({ body, session }) => {
      const { entry } = catalogue.need(body.catalogId);
      const id = await db.transaction(async (tx) => {
        const made = await store.createConnector(tx, {
          catalogId: entry.id,
          name: entry.name,
          app:
            body.setUp.kind === 'new_app'
              ? { kind: 'new', name: entry.name }
              : { kind: 'managed', id: body.setUp.appId },
          ownerIds: [...new Set(body.ownerIds)],
        });
        const detail = `From the catalogue entry ${entry.name} ${entry.version}.`;
        await store.addAudit(tx, { connectorId: made, actor: session.user.name, action: 'Created', detail });
        return made;
      });
      return changed(id);
    },
    updateConnector: ({ params, body, session }) =>
      change(params.connectorId, session.user.name, async (tx) => {
        const { name, ownerIds } = body;
        await store.updateConnector(tx, params.connectorId, {
          ...(name === undefined ? {} : { name }),
          ...(ownerIds === undefined ? {} : { ownerIds: [...new Set(ownerIds)] }),
        });
        const parts = [name === undefined ? [] : ['name'], ownerIds === undefined ? [] : ['owners']].flat();
        return {
          action: 'Details saved',
          detail: parts.length === 0 ? 'Nothing changed.' : `Changed: ${parts.join(', ')}.`,
        };
      }),
    saveSettings: async ({ params, body, session }) => {
      const { connectorId } = params;
      const view = await store.getConnector(db, connectorId);
      await saveSettings(context, catalogue.need(view.catalogId), connectorId, body.values, session.user.name);
      return changed(connectorId);
    },
    syncNow: async ({ params, session }) => {
      const { connectorId } = params;
      const view = await store.getConnector(db, connectorId);
      catalogue.need(view.catalogId);
      const missing = missingOf(view, catalogue);
      if (missing.length > 0) {
        throw fail('BK-NOT-CONFIGURED', {
          missing: `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
        });
      }
      return change(connectorId, session.user.name, async (tx) => {
        await store.requestRun(tx, { connectorId, trigger: 'manual', requestedBy: session.user.name });
        return { action: 'Sync requested', detail: 'By Sync now.' };
      });
    },
    cancelSync: ({ params, session }) =>
      change(params.connectorId, session.user.name, async (tx) => {
        const answer = await store.cancelRun(tx, params.connectorId);
        // One that runs may have ended before its worker hears of it; the sync history tells.
        return { action: answer === 'asked' ? 'Stop requested' : 'Sync stopped', detail: 'By Cancel.' };
      }),
    confirmChanges: async ({ params, body, session }) => {
      const { connectorId } = params;
      await store.confirmHeld(db, connectorId, body.syncId, session.user);
      return changed(connectorId);
    },
    listSyncs: async ({ params, query }) => {
      await store.getConnector(db, params.connectorId);
      return store.listSyncs(db, params.connectorId, query);
    },
    listRequests: ({ params, query }) => store.listRequests(db, params.connectorId, params.runId, query),
    listAudit: async ({ params, query }) => {
      await store.getConnector(db, params.connectorId);
      return store.listAudit(db, params.connectorId, query);
    },
  };
}
