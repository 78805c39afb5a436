import type { Clock } from '@batonkit/kernel';
import type { FetchPage } from '../reading/plan.ts';

/**
 * The pages of a list that is read whole, such as a file: read anew for each page, so that what changes
 * in between is seen.
 */
export function localPages(read: () => Promise<readonly unknown[]>, clock: Clock): FetchPage {
  return async ({ skip, limit }) => {
    const sentAt = clock.now();
    const rows = await read();
    const page = rows.slice(skip, limit === undefined ? undefined : skip + limit);
    return { kind: 'page', rows: page, count: rows.length, limit, sentAt, receivedAt: clock.now(), retries: 0 };
  };
}
