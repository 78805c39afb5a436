import { detail, frontEnd, json, text, type Answer } from './answer.ts';
import { limitOf } from './behaviours/apply.ts';
import type { Exchange } from './exchange.ts';
import type { KeyHolder } from './keys.ts';
import { pagingOf } from './paging.ts';
import type { Person } from './people.ts';
import { assignmentRow, roleRow, userRow } from './rows.ts';
import type { Simulation } from './simulation.ts';

/** Answers a request to anything but the admin API, as a tenant without faults does. */
export function answerApi(simulation: Simulation, exchange: Exchange): Answer {
  const { route, method } = exchange;
  if (route.kind === 'front-end') {
    return method === 'GET' || method === 'HEAD'
      ? frontEnd()
      : detail(405, 'Method Not Allowed', { allow: 'GET, HEAD' });
  }
  if (route.kind === 'unknown') {
    // A server of this family prefers its web page for a browser that mistypes a path.
    return /text\/html/.test(exchange.accept) && method === 'GET' ? frontEnd() : detail(404, 'Not Found');
  }
  if (route.kind === 'slash') {
    const location = `http://${exchange.host}${route.to}${exchange.search}`;
    return { ...text(307, ''), headers: { location } };
  }
  if (method !== 'GET') return detail(405, 'Method Not Allowed', { allow: 'GET' });
  if (route.template === '/utils/health-check/') return json(200, true);

  const caller = callerOf(simulation, exchange.key);
  if ('status' in caller) return caller;
  exchange.keyKind = caller.holder.kind;
  return answerCaller(simulation, exchange, caller);
}

interface Caller {
  readonly holder: KeyHolder;
  readonly me: Person;
  readonly canReadUsers: boolean;
  readonly canReadRoles: boolean;
}

/** A key acts with the rights that its owner has now, not with those of the day it was made. */
function callerOf({ tenant }: Simulation, key: string | undefined): Caller | Answer {
  if (!key) return detail(401, 'Not authenticated');
  const holder = tenant.holderOf(key);
  if (!holder) return detail(401, 'Invalid API key');
  if (holder.owner === undefined) return detail(403, 'Organization API keys cannot access this endpoint');
  const me = tenant.person(holder.owner);
  if (!me) return detail(404, 'User not found');
  if (!me.isActive) return detail(400, 'Inactive user');
  const rights = new Set(tenant.rolesOf(me).flatMap((role) => role.capabilities));
  return { holder, me, canReadUsers: rights.has('users.read'), canReadRoles: rights.has('roles.read') };
}

function answerCaller(simulation: Simulation, exchange: Exchange, caller: Caller): Answer {
  const { tenant } = simulation;
  const route = exchange.route;
  if (route.kind !== 'api') return detail(404, 'Not Found');
  const { template, id = '' } = route;
  switch (template) {
    case '/users/me':
      return json(200, userRow(simulation, caller.me));
    case '/users': {
      // A weak key is not refused: the list is quietly narrowed to its owner.
      const total = caller.canReadUsers ? tenant.count : 1;
      const at = (position: number): Person => (caller.canReadUsers ? tenant.at(position) : caller.me);
      return list(simulation, exchange, total, !caller.canReadUsers, (position) => userRow(simulation, at(position)));
    }
    case '/roles': {
      if (!caller.canReadRoles) return denied();
      return list(simulation, exchange, tenant.roles.length, false, (position) => roleRow(tenant.roles[position]!));
    }
    case '/roles/{id}': {
      if (!caller.canReadRoles) return denied();
      const role = tenant.roles.find((role) => role.id === id);
      return isUuid(id) ? (role ? json(200, roleRow(role)) : detail(404, 'Role not found')) : notUuid('role_id', id);
    }
    case '/users/{id}':
    case '/users/{id}/roles': {
      if (!isUuid(id)) return notUuid('user_id', id);
      const person = tenant.byId(id.toLowerCase());
      if (person?.index !== caller.me.index && !caller.canReadUsers) return denied();
      if (!person) return detail(404, 'User not found');
      if (template === '/users/{id}') return json(200, userRow(simulation, person));
      const roles = tenant.rolesOf(person);
      return list(simulation, exchange, roles.length, false, (position) => assignmentRow(roles[position]!));
    }
    default:
      return json(200, true);
  }
}

function list(
  simulation: Simulation,
  exchange: Exchange,
  total: number,
  isNarrowed: boolean,
  row: (position: number) => unknown,
): Answer {
  const paging = pagingOf(exchange.query, simulation.settings.maxLimit);
  if ('status' in paging) return paging;
  const limit = limitOf(simulation, exchange, paging.limit);
  const data: unknown[] = [];
  for (let position = paging.skip; position < Math.min(total, paging.skip + limit); position++)
    data.push(row(position));
  return { ...json(200, { data, count: total }), page: { skip: paging.skip, total, isNarrowed } };
}

const denied = (): Answer => detail(403, 'Your role does not have access to this endpoint');

const isUuid = (id: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);

const notUuid = (name: string, input: string): Answer =>
  json(422, {
    detail: [{ type: 'uuid_parsing', loc: ['path', name], msg: 'Input should be a valid UUID', input }],
  });
