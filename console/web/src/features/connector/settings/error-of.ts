import type { Connector, ErrorReport } from '@batonkit/console-contract';

/** What the last sync found wrong with a setting, in the connector's own words. */
export function errorOf({ state, run }: Connector, field: string): ErrorReport | undefined {
  return run === null && state.error?.field === field ? state.error : undefined;
}
