import { useEffect } from 'react';
import { useRouter } from '@tanstack/react-router';

/** Every page is fetched once the first one stands: a console that has gone away can still say so on each of them. */
export function useAllPages(): void {
  const router = useRouter();
  useEffect(() => {
    for (const route of Object.values(router.routesById)) {
      void router.loadRouteChunk(route)?.catch(() => undefined);
    }
  }, [router]);
}
