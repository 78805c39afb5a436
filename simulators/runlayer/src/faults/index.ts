import { answers } from './answers.ts';
import type { FaultKind } from './fault.ts';
import { jsonFaults } from './json-faults.ts';
import { orders } from './orders.ts';
import { pages } from './pages.ts';
import { tenantFaults } from './tenant-faults.ts';
import { transports } from './transports.ts';
import { views } from './views.ts';

/** Every fault that there is, by name. */
export const faultKinds: readonly FaultKind[] = [
  ...answers,
  ...transports,
  ...jsonFaults,
  ...pages,
  ...orders,
  ...tenantFaults,
  ...views,
];
