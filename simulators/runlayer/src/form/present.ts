import type { Answer } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import type { Simulation } from '../simulation.ts';
import type { Form, Row } from './form.ts';
import { listedRoles } from '../visible.ts';
import { without } from '../without.ts';
import { referenceTo } from './item-shapes.ts';
import { presentRole } from './present-role.ts';
import { presentItem, presentUser } from './present-user.ts';
import { totalOf, nextOf } from './present-page.ts';

/** Puts an answer, made as a plain tenant makes it, into the form that is in force. */
export function present(simulation: Simulation, exchange: Exchange, answer: Answer): Answer {
  const { form } = simulation;
  const { route } = exchange;
  if (form.isPlain) return answer;
  if (answer.status >= 400 && form.isDetailObject) return withDetailObject(answer);
  if (answer.status !== 200 || answer.json === undefined || route.kind !== 'api') return answer;
  const body = answer.json as Row;
  const rowsOf = (each: (row: Row) => unknown): unknown =>
    Array.isArray(body['data'])
      ? (body['data'] as Row[]).map((row) => (typeof row === 'object' && row !== null ? each(row) : row))
      : body['data'];
  const page = (key: keyof Form['envelope'], each: (row: Row) => unknown): Answer => ({
    ...answer,
    json: enveloped(simulation, exchange, answer, 'data' in body ? { rows: rowsOf(each) } : {}, form.envelope[key]),
  });
  const presentListed = (row: Row): Row => {
    const found = listedRoles(simulation).find(({ role }) => role.id === row['id']);
    return found ? presentRole(row, found.role, form) : row;
  };
  switch (route.means) {
    case 'me': {
      const whole = presentUser(simulation, body);
      const { key } = form.userIds;
      const me = form.isMeBare ? { [key]: whole[key] } : whole;
      return { ...answer, json: form.organisationId ? { ...me, organization_id: form.organisationId } : me };
    }
    case 'user':
      return { ...answer, json: presentUser(simulation, body) };
    case 'users':
      return page('users', (row) => presentUser(simulation, row));
    case 'role':
      return { ...answer, json: presentListed(body) };
    case 'roles':
      return page('roles', presentListed);
    case 'user-roles':
      return page('assignments', (item) => presentItem(simulation, item));
    case 'role-users':
      return page('roleUsers', ({ user, item }) =>
        form.roleUser(shortUser(simulation, user as Row), without(item as Row, 'id', 'slug', 'name')),
      );
    case 'flat':
      return page('assignments', ({ id, user, item }) => ({ id, ...flatRow(simulation, user as Row, item as Row) }));
    default:
      return answer;
  }
}

function withDetailObject(answer: Answer): Answer {
  const detail = (answer.json as Row | undefined)?.['detail'];
  return typeof detail === 'string'
    ? { ...answer, json: { detail: { message: detail, code: answer.status } } }
    : answer;
}

/** A user as far as an assignment names one. */
function shortUser(simulation: Simulation, user: Row): Row {
  const { form, tenant } = simulation;
  const person = tenant.byId(String(user['id']));
  return {
    [form.userIds.key]: person ? form.userIds.of(person, tenant) : user['id'],
    email: user['email'],
    name: user['name'],
  };
}

function flatRow(simulation: Simulation, user: Row, item: Row): Row {
  const { form } = simulation;
  const { id, slug, name, ...rest } = item;
  const role = { id: String(id), slug: String(slug), name: String(name) };
  const short = shortUser(simulation, user);
  if (form.isFlatNested) return { user: short, role: referenceTo(role, form), ...rest };
  return { user_id: short[form.userIds.key], role_id: form.roleId.of(role), role_name: role.name, ...rest };
}

function enveloped(
  simulation: Simulation,
  exchange: Exchange,
  answer: Answer,
  given: { rows?: unknown },
  key: string | undefined,
): unknown {
  const { form } = simulation;
  if (key === undefined) return given.rows;
  const body: Row = 'rows' in given ? { [key]: given.rows } : {};
  if (form.alsoArray) body[form.alsoArray] = [];
  const count = (answer.json as Row)['count'];
  return { ...body, ...totalOf(form, count, given.rows), ...nextOf(form, exchange, answer) };
}
