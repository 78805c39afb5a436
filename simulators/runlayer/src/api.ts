import { detail, frontEnd, json, text, type Answer } from './answer.ts';
import { assignmentIndexOf, itemsOf } from './assignments.ts';
import { limitOf } from './behaviours/apply.ts';
import { callerOf, type Caller } from './caller.ts';
import type { Exchange } from './exchange.ts';
import { openapiOf } from './openapi.ts';
import { pagingOf } from './paging.ts';
import { roleRow } from './role-rows.ts';
import { userRow } from './rows.ts';
import type { Simulation } from './simulation.ts';
import { listedRoles, visibleCount } from './visible.ts';

/** Answers a request to anything but the admin API, as a tenant without faults does. */
export function answerApi(simulation: Simulation, exchange: Exchange): Answer {
  const { route, method, accept } = exchange;
  const { form } = simulation;
  if (route.kind === 'front-end') {
    return method === 'GET' || method === 'HEAD'
      ? frontEnd()
      : detail(405, 'Method Not Allowed', { allow: 'GET, HEAD' });
  }
  if (form.htmlUnlessJson && accept !== 'application/json' && method === 'GET') return frontEnd();
  if (route.kind === 'unknown') {
    // A server of this family prefers its web page for a browser that mistypes a path.
    if (/text\/html/.test(accept) && method === 'GET') return frontEnd();
    return form.absent === 405 && exchange.path.startsWith(`${form.prefix}/`)
      ? detail(405, 'Method Not Allowed', { allow: 'POST' })
      : detail(404, 'Not Found');
  }
  if (route.kind === 'slash') {
    const { status, location } = form.redirect;
    const to = location({ scheme: exchange.scheme, host: exchange.host, to: route.to + exchange.search });
    return { ...text(status, ''), headers: { location: to } };
  }
  if (method !== 'GET') return detail(405, 'Method Not Allowed', { allow: 'GET' });
  if (route.means === 'health') return json(200, true);
  if (route.means === 'openapi' && !form.openapiNeedsKey) return json(200, openapiOf(simulation));

  const caller = callerOf(simulation, exchange);
  if ('status' in caller) return caller;
  exchange.keyKind = caller.holder.kind;
  return answerCaller(simulation, exchange, caller);
}

function answerCaller(simulation: Simulation, exchange: Exchange, caller: Caller): Answer {
  const { tenant, form } = simulation;
  const route = exchange.route;
  if (route.kind !== 'api') return detail(404, 'Not Found');
  const { means, id = '' } = route;
  const { me, canReadUsers, canReadRoles } = caller;
  switch (means) {
    case 'me':
      return json(200, userRow(simulation, me));
    case 'users': {
      if (!canReadUsers && form.weak === 'refused') return denied();
      // A weak key is not refused: the list is quietly narrowed to its owner.
      if (!canReadUsers || form.isNarrowed) {
        return list(simulation, exchange, { total: 1, isNarrowed: true, row: () => userRow(simulation, me) });
      }
      return list(simulation, exchange, {
        total: visibleCount(simulation),
        isOrdered: true,
        row: (position) => userRow(simulation, tenant.at(position)),
      });
    }
    case 'roles': {
      if (!canReadRoles) return denied();
      const roles = listedRoles(simulation);
      return list(simulation, exchange, { total: roles.length, row: (position) => listedRow(roles[position]!) });
    }
    case 'role': {
      if (!canReadRoles) return denied();
      const found = roleAt(simulation, id);
      if (found) return json(200, listedRow(found));
      return /^[0-9a-f-]{36}$/i.test(id) ? detail(404, 'Role not found') : notUuid('role_id', id);
    }
    case 'user':
    case 'user-roles': {
      const person = form.userIds.find(id, tenant);
      if (person === 'malformed') return notUuid('user_id', id);
      if (person?.index !== me.index && !canReadUsers) return denied();
      if (!person) return form.unknownUser === 500 ? text(500, 'Internal Server Error') : detail(404, 'User not found');
      if (means === 'user') return json(200, userRow(simulation, person));
      const items = itemsOf(simulation, person);
      return list(simulation, exchange, { total: items.length, row: (position) => items[position] });
    }
    case 'role-users': {
      if (!canReadUsers || !canReadRoles) return denied();
      const found = roleAt(simulation, id);
      if (!found) return detail(404, 'Role not found');
      const index = assignmentIndexOf(simulation);
      return assignmentList(simulation, exchange, index.ofRole(found.role.id));
    }
    case 'flat':
      if (!canReadUsers || !canReadRoles) return denied();
      return assignmentList(simulation, exchange, assignmentIndexOf(simulation).all);
    case 'openapi':
      return json(200, openapiOf(simulation));
    default:
      return json(200, true);
  }
}

/** Rows of who holds what. Orphans, where the form has them, are two rows of nobody at the end. */
function assignmentList(simulation: Simulation, exchange: Exchange, entries: ArrayLike<number>): Answer {
  const { form, tenant } = simulation;
  const index = assignmentIndexOf(simulation);
  const orphans = form.hasOrphans ? 1 : 0;
  return list(simulation, exchange, {
    total: entries.length + orphans,
    row(position) {
      const entry = entries[position];
      if (entry === undefined) {
        const user = { id: '00000000-0000-4000-8000-000000000404', email: 'gone@example.com', name: 'Gone' };
        const role = tenant.roles.at(-1)!;
        return { id: 'a-orphan', user, item: { id: role.id, slug: role.slug, name: role.name, source: 'direct' } };
      }
      const { person, item } = index.read(entry);
      return { id: `a-${entry}`, user: { id: person.id, email: person.email, name: person.name }, item };
    },
  });
}

interface List {
  readonly total: number;
  readonly isNarrowed?: boolean;
  /** Whether a form or a fault may put it into another order: the list of users. */
  readonly isOrdered?: boolean;
  readonly row: (position: number) => unknown;
}

function list(simulation: Simulation, exchange: Exchange, { total, isNarrowed, isOrdered, row }: List): Answer {
  const { form } = simulation;
  const paging = pagingOf(exchange.query, form);
  if ('status' in paging) return paging;
  const skip = form.isUnpaged ? 0 : paging.skip;
  const limit = form.isUnpaged ? total : limitOf(simulation, exchange, paging.limit);
  const place = isOrdered ? (exchange.place ?? simulation.place ?? form.place) : undefined;
  const data: unknown[] = [];
  for (let position = skip; position < Math.min(total, skip + limit); position++) {
    data.push(row(place ? place(position, total, skip, limit) : position));
  }
  const page = { skip, total, isNarrowed: isNarrowed ?? false, given: data.length, limit };
  return { ...json(200, { data, count: total }), page };
}

type Listed = ReturnType<typeof listedRoles>[number];

const listedRow = ({ role, scope }: Listed): unknown => ({ ...roleRow(role), scope });

const roleAt = (simulation: Simulation, id: string): Listed | undefined =>
  listedRoles(simulation).find(({ role }) => String(simulation.form.roleId.of(role)) === id);

const denied = (): Answer => detail(403, 'Your role does not have access to this endpoint');

const notUuid = (name: string, input: string): Answer =>
  json(422, {
    detail: [{ type: 'uuid_parsing', loc: ['path', name], msg: 'Input should be a valid UUID', input }],
  });
