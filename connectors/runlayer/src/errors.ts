import { errorTable } from '@batonkit/kernel';
import { requests } from './errors/requests.ts';
import { settings } from './errors/settings.ts';
import { tenant } from './errors/tenant.ts';

/** Every error that this connector has words for. What it names is never a key, a person or a whole address. */
export const fail = errorTable({ ...settings, ...requests, ...tenant });
