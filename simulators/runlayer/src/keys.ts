import type { Owners } from './people.ts';
import { digestOf } from './random.ts';

/** The keys of a tenant. null where the tenant is too small to have such an owner. */
export interface Keys {
  readonly super_admin: string;
  readonly helpdesk: string | null;
  readonly security_admin: string | null;
  /** Owned by a plain User: it sees only itself. */
  readonly weak: string | null;
  /** Acts as the workspace, not as a person. */
  readonly organisation: string;
  /** Its owner was deactivated. */
  readonly deactivated: string | null;
  /** Has the right form and belongs to nobody. */
  readonly invalid: string;
}

export interface KeyHolder {
  readonly kind: keyof Keys;
  /** The index of the owner; undefined for an organisation key. */
  readonly owner: number | undefined;
}

/** Keys depend on the seed alone, so that what was pasted once works after a restart. */
export function keysOf(seed: number, owners: Owners): { keys: Keys; holderOf: (key: string) => KeyHolder | undefined } {
  const secret = (kind: string): string =>
    digestOf(seed, `key ${kind}`).toString('base64url').replaceAll(/[-_]/g, 'x').slice(0, 40);
  const personal = (kind: keyof Owners): string | null => (owners[kind] === undefined ? null : `rl_${secret(kind)}`);
  const keys: Keys = {
    super_admin: `rl_${secret('super_admin')}`,
    helpdesk: personal('helpdesk'),
    security_admin: personal('security_admin'),
    weak: personal('weak'),
    organisation: `rl_org_${secret('organisation')}`,
    deactivated: personal('deactivated'),
    invalid: `rl_${secret('invalid')}`,
  };
  const holders = new Map<string, KeyHolder>([[keys.organisation, { kind: 'organisation', owner: undefined }]]);
  for (const kind of ['super_admin', 'helpdesk', 'security_admin', 'weak', 'deactivated'] as const) {
    const key = keys[kind];
    if (key !== null) holders.set(key, { kind, owner: owners[kind] });
  }
  return { keys, holderOf: (key) => holders.get(key) };
}
