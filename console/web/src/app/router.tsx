import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { asOfFrom } from '../lib/as-of.ts';
import { ApiProblem } from '../lib/api-problem.ts';
import { read } from '../lib/queries.ts';
import { Fault } from './fault.tsx';
import { NothingHere } from './nothing-here.tsx';
import { Shell } from './shell.tsx';

const root = createRootRouteWithContext<{ client: QueryClient }>()({ notFoundComponent: NothingHere });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('../features/sign-in/sign-in-page.tsx'), 'SignInPage'),
});

/** Pages for who is signed in. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'in',
  component: Shell,
  beforeLoad: async ({ context: { client } }) => {
    try {
      await client.ensureQueryData(read('getSession', {}));
    } catch (error) {
      if (error instanceof ApiProblem && error.code === 'BK-SESSION') throw redirect({ to: '/sign-in' });
      throw error;
    }
  },
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/connectors', replace: true });
  },
});

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
/** What makes no sense is named as nothing: the router goes on with what a validation merely leaves out. */
const optional = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V | undefined } =>
  ({ [key]: value }) as { [P in K]?: V | undefined };

const search = (raw: Record<string, unknown>): { q?: string | undefined } => optional('q', text(raw['q']));
const atMoment = (raw: Record<string, unknown>): { asOf?: string | undefined } =>
  optional('asOf', asOfFrom(raw['asOf']));

const connectors = createRoute({
  getParentRoute: () => signedIn,
  path: '/connectors',
  component: lazyRouteComponent(() => import('../features/connectors/connectors-page.tsx'), 'ConnectorsPage'),
});

const addConnector = createRoute({
  getParentRoute: () => signedIn,
  path: '/connectors/add',
  validateSearch: search,
  component: lazyRouteComponent(() => import('../features/add-connector/catalogue-page.tsx'), 'CataloguePage'),
});

const setUp = createRoute({
  getParentRoute: () => signedIn,
  path: '/connectors/add/$catalogId',
  component: lazyRouteComponent(() => import('../features/add-connector/set-up-page.tsx'), 'SetUpPage'),
});

const LOGS = ['history', 'requests', 'audit'] as const;

const connector = createRoute({
  getParentRoute: () => signedIn,
  path: '/connectors/$connectorId',
  validateSearch: (raw: Record<string, unknown>) => ({
    ...optional(
      'log',
      LOGS.find((log) => log === raw['log']),
    ),
    ...optional('tab', raw['tab'] === 'advanced' ? ('advanced' as const) : undefined),
  }),
  component: lazyRouteComponent(() => import('../features/connector/connector-page.tsx'), 'ConnectorPage'),
});

const apps = createRoute({
  getParentRoute: () => signedIn,
  path: '/apps',
  component: lazyRouteComponent(() => import('../features/apps/apps-page.tsx'), 'AppsPage'),
});

const app = createRoute({
  getParentRoute: () => signedIn,
  path: '/apps/$appId',
  validateSearch: atMoment,
});

const appHome = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: ({ params, search }) => {
    throw redirect({ to: '/apps/$appId/administrators', params, search, replace: true });
  },
});

const administrators = createRoute({
  getParentRoute: () => app,
  path: '/administrators',
  validateSearch: search,
  component: lazyRouteComponent(() => import('../features/access/administrators-page.tsx'), 'AdministratorsPage'),
});

const accounts = createRoute({
  getParentRoute: () => app,
  path: '/accounts',
  validateSearch: search,
  component: lazyRouteComponent(() => import('../features/access/accounts-page.tsx'), 'AccountsPage'),
});

const account = createRoute({
  getParentRoute: () => app,
  path: '/accounts/$accountId',
  component: lazyRouteComponent(() => import('../features/access/account-page.tsx'), 'AccountPage'),
});

const resources = createRoute({
  getParentRoute: () => app,
  path: '/resources',
  component: lazyRouteComponent(() => import('../features/access/resources-page.tsx'), 'ResourcesPage'),
});

const holders = createRoute({
  getParentRoute: () => app,
  path: '/resources/$roleId',
  validateSearch: search,
  component: lazyRouteComponent(() => import('../features/access/holders-page.tsx'), 'HoldersPage'),
});

const certificate = createRoute({
  getParentRoute: () => signedIn,
  path: '/syncs/$syncId',
  component: lazyRouteComponent(() => import('../features/certificate/certificate-page.tsx'), 'CertificatePage'),
});

const routeTree = root.addChildren([
  signIn,
  signedIn.addChildren([
    home,
    connectors,
    addConnector,
    setUp,
    connector,
    apps,
    app.addChildren([appHome, administrators, accounts, account, resources, holders]),
    certificate,
  ]),
]);

/** Addresses carry plain words: what stands in them is always a text. */
const parseSearch = (search: string): Record<string, string> => Object.fromEntries(new URLSearchParams(search));
const stringifySearch = (search: Record<string, unknown>): string => {
  const entries = Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries)}`;
};

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree,
    context: { client },
    parseSearch,
    stringifySearch,
    defaultErrorComponent: Fault,
    defaultPreload: 'intent',
    scrollRestoration: true,
  });
}

export type AppRouter = ReturnType<typeof createAppRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}
