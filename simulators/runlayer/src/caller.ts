import { heldBy } from './assignments.ts';
import { detail, type Answer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { KeyHolder } from './keys.ts';
import type { Person } from './people.ts';
import type { Simulation } from './simulation.ts';

/** Who a key acts for, and what they may read. */
export interface Caller {
  readonly holder: KeyHolder;
  readonly me: Person;
  readonly canReadUsers: boolean;
  readonly canReadRoles: boolean;
}

/** A key acts with the rights that its owner has now, not with those of the day it was made. */
export function callerOf(simulation: Simulation, exchange: Exchange): Caller | Answer {
  const { tenant, form } = simulation;
  const { keyStyle } = exchange;
  const isHeard = keyStyle !== undefined && form.auth[keyStyle];
  const key = isHeard ? exchange.key : undefined;
  if (!key) return detail(401, 'Not authenticated', { 'www-authenticate': 'Bearer' });
  const holder = tenant.holderOf(key) ?? (form.auth.needsPrefix ? undefined : tenant.holderOf(`rl_${key}`));
  if (!holder || form.owner === 'revoked') {
    return form.auth.wrongKey === 403
      ? detail(403, 'Could not validate credentials')
      : detail(401, 'Invalid API key', { 'www-authenticate': 'Bearer' });
  }
  if (holder.owner === undefined) return detail(403, 'Organization API keys cannot access this endpoint');
  const me = tenant.person(holder.owner);
  if (!me || form.owner === 'deleted') return detail(404, 'User not found');
  if (!me.isActive || form.owner === 'inactive') return detail(400, 'Inactive user');
  const rights = new Set(heldBy(simulation, me).flatMap((role) => role.capabilities));
  return { holder, me, canReadUsers: rights.has('users.read'), canReadRoles: rights.has('roles.read') };
}
