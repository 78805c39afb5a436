import { headerFault, type ConfigValues } from '@batonkit/connector';
import { parseBaseUrl } from './address.ts';
import { parseApiKey } from './api-key.ts';
import type { config } from './config.ts';
import { fail } from './errors.ts';
import { parseExceptions, type Exceptions } from './exceptions.ts';
import { roleIdKeys } from './mapping/role.ts';

export const planNames = ['embedded', 'per-role', 'flat', 'per-user'] as const;
export type PlanName = (typeof planNames)[number];
export const authStyles = ['auto', 'header', 'bearer'] as const;
export type AuthStyle = (typeof authStyles)[number];

/** What was entered, checked; nothing was asked yet. */
export interface Settings {
  baseUrl: URL;
  key: string;
  authStyle: AuthStyle;
  /** Where lists are, if somebody says so; then nowhere else. */
  paths: { users?: string; roles?: string; assignments?: string };
  plan?: PlanName;
  /** The key that names roles. */
  roleId?: string;
  pageSize?: number;
  allowSingleUser: boolean;
  exceptions: Exceptions;
  extraHeaders: Readonly<Record<string, string>> | undefined;
}

/**
 * @param at RFC 3339, for the certificate: when exceptions were given
 * @throws BatonError of status 2 or 7
 */
export function readSettings(values: ConfigValues<typeof config.fields>, at: string): Settings {
  const plan = choice('plan', values.plan, planNames, 'auto');
  const paths = {
    users: pathOf('users-path', values['users-path'], '/users'),
    roles: pathOf('roles-path', values['roles-path'], '/roles'),
    assignments: pathOf('assignments-path', values['assignments-path'], '/users/{id}/roles'),
  };
  const roleId = choice('role-id', values['role-id'], roleIdKeys);
  // Zero is how a number is left empty: no rules are asked of it.
  const pageSize = values['page-size'] || undefined;
  const extraHeaders = values['extra-headers'];
  // A proxy may want a word of its own in Authorization, where the key does not stand.
  const authStyle = choice('auth-style', values['auth-style'], authStyles) ?? 'auto';
  const reserved = ['x-runlayer-api-key', ...(authStyle === 'bearer' ? ['authorization'] : [])];
  const fault = headerFault(extraHeaders ?? {}, reserved);
  if (fault !== undefined) throw fail('RL-HEADER', fault);
  return {
    baseUrl: parseBaseUrl(values['base-url'], pathOf('api-path', values['api-path'], '/api/v1')),
    key: parseApiKey(values['api-key']),
    authStyle: authStyle === 'auto' && namesAuthorization(extraHeaders) ? 'header' : authStyle,
    paths: Object.fromEntries(Object.entries(paths).filter(([, path]) => path !== undefined)),
    ...(plan === undefined ? {} : { plan }),
    ...(roleId === undefined ? {} : { roleId }),
    ...(pageSize === undefined ? {} : { pageSize }),
    allowSingleUser: values['allow-single-user'],
    exceptions: parseExceptions(values.accept ?? [], values.reason, values['accepted-by'], values['accepted-at'] ?? at),
    extraHeaders,
  };
}

function namesAuthorization(headers: Readonly<Record<string, string>> = {}): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
}

/** @param none the word that leaves the choice to the connector */
function choice<T extends string>(
  field: string,
  value: string | undefined,
  known: readonly T[],
  none?: string,
): T | undefined {
  const word = value?.trim().toLowerCase();
  if (word === undefined || word === '' || word === none) return undefined;
  const found = known.find((one) => one === word);
  if (found !== undefined) return found;
  throw fail('RL-CHOICE', { field, known: [...(none === undefined ? [] : [none]), ...known].join(', ') }, { field });
}

function pathOf(field: string, value: string | undefined, example: string): string | undefined {
  const text = value?.trim();
  if (text === undefined || text === '') return undefined;
  const path = text.startsWith('/') ? text : `/${text}`;
  const segments = path.replace(/\/$/, '').split('/').slice(1);
  const isPath = segments.length > 0 && segments.every((part) => part === '{id}' || /^[\w.~-]*\w[\w.~-]*$/.test(part));
  const holes = segments.filter((part) => part === '{id}').length;
  if (!isPath || holes > (field === 'assignments-path' ? 1 : 0)) {
    throw fail('RL-PATH-OPTION', { field, example }, { field });
  }
  return path;
}
