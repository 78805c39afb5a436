import * as store from '@batonkit/console-store';
import { appView } from '../../views/connector-view.ts';
import type { Handlers } from '../operation.ts';
import type { HandlerContext } from './context.ts';

type Names =
  | 'listApps'
  | 'getApp'
  | 'listAccounts'
  | 'getAccount'
  | 'listRoles'
  | 'listGrants'
  | 'listAdministrators'
  | 'listTimeline';

export function appHandlers({ store: { db }, catalogue, clock }: HandlerContext): Pick<Handlers, Names> {
  return {
    listApps: async ({ query }) => {
      const { items, next } = await store.listApps(db, query);
      return { items: await Promise.all(items.map((view) => appView(view, db, catalogue, clock))), next };
    },
    getApp: async ({ params, query }) => appView(await store.getApp(db, params.appId, query), db, catalogue, clock),
    listAccounts: ({ params, query }) => store.listAccounts(db, params.appId, query),
    getAccount: ({ params, query }) => store.getAccount(db, params.appId, params.accountId, query),
    listRoles: ({ params, query }) => store.listRoles(db, params.appId, query),
    listGrants: ({ params, query }) => store.listGrants(db, params.appId, query),
    listAdministrators: ({ params, query }) => store.listAdministrators(db, params.appId, query),
    listTimeline: ({ params, query }) => store.listTimeline(db, params.appId, query),
  };
}
