import { StrictMode, useState } from 'react';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ApiProblem } from '../lib/api-problem.ts';
import { createAppRouter, type AppRouter } from './router.tsx';

/** All that pages need around them. */
export function Providers() {
  const [{ client, router }] = useState(createApp);
  return (
    <StrictMode>
      <I18nProvider locale="en-US">
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>
  );
}

function createApp(): { client: QueryClient; router: AppRouter } {
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (!(error instanceof ApiProblem) || error.code !== 'BK-SESSION') return;
        client.clear();
        void router.navigate({ to: '/sign-in' });
      },
    }),
    defaultOptions: {
      queries: {
        // The console may be on this very machine: that the browser has no network says nothing.
        networkMode: 'always',
        staleTime: 2_000,
        retry: (_, error) => error instanceof ApiProblem && error.code === 'BK-WEB-UNREACHABLE',
        retryDelay: (tries) => Math.min(500 * 2 ** tries, 5_000),
      },
      mutations: { networkMode: 'always' },
    },
  });
  const router = createAppRouter(client);
  return { client, router };
}
