import type { Answer } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import { hasRows } from '../faults/fault.ts';
import type { Row } from '../form/form.ts';
import { userRow } from '../rows.ts';
import type { Simulation } from '../simulation.ts';
import { without } from '../without.ts';
import type { Kind } from './behaviour.ts';

const stray = {
  id: '00000000-0000-4000-8000-000000000404',
  slug: 'ghost_role',
  name: 'Ghost Role',
  source: 'direct',
};

/** Behaviours in which an answer with status 200 says something wrong. "The user in the middle" stands at half of the list. */
export const lies: readonly Kind[] = [
  {
    name: 'truncated-json',
    form: '',
    says: 'The page of users with the user in the middle breaks off in its JSON.',
    family: 'failures',
    kind: 'fault',
    ends: 'refused',
    act: () => ({
      change(answer, exchange) {
        if (middleRow(answer, exchange) === undefined) return answer;
        return { ...answer, part: 0.6 };
      },
    }),
  },
  {
    name: 'user-without-id',
    form: '',
    says: 'The user in the middle has no id.',
    family: 'users',
    kind: 'refuse',
    ends: 'refused',
    act: () => ({ change: (answer, exchange) => withMiddle(answer, exchange, (row) => without(row, 'id')) }),
  },
  {
    name: 'count-lies',
    form: '[:N]',
    says: 'The count of users is N too high (default 1; may be negative).',
    family: 'paging',
    kind: 'refuse',
    ends: 'refused',
    act: ({ number = 1 }) => ({
      change: (answer, exchange) =>
        isUsers(answer, exchange)
          ? { ...answer, json: { ...bodyObject(answer), count: answer.page!.total + number } }
          : answer,
    }),
  },
  {
    name: 'roles-null',
    form: '',
    says: 'The roles of the user in the middle are null (read per user: data is null).',
    family: 'assignments',
    kind: 'refuse',
    ends: 'refused',
    unless: 'null-roles=none',
    act: () => ({
      change: (answer, exchange, simulation) =>
        ofMiddle(answer, exchange, simulation)
          ? { ...answer, json: { ...bodyObject(answer), data: null } }
          : withMiddle(answer, exchange, (row) => ('roles' in row ? { ...row, roles: null } : row)),
    }),
  },
  {
    name: 'missing-roles-key',
    form: '',
    says: 'The user in the middle has no key roles (read per user: no key data).',
    family: 'assignments',
    kind: 'refuse',
    ends: 'refused',
    act: () => ({
      change(answer, exchange, simulation) {
        if (ofMiddle(answer, exchange, simulation)) {
          return { ...answer, json: without(bodyObject(answer), 'data') };
        }
        return withMiddle(answer, exchange, (row) => without(row, 'roles'));
      },
    }),
  },
  {
    name: 'unknown-role',
    form: '',
    says: 'The user in the middle holds a role that the list of roles does not have.',
    family: 'assignments',
    kind: 'refuse',
    ends: 'refused',
    unless: 'unknown-role=placeholder',
    act: () => ({
      change(answer, exchange, simulation) {
        if (ofMiddle(answer, exchange, simulation)) {
          const body = bodyObject(answer);
          return { ...answer, json: { data: [...(body['data'] as unknown[]), stray], count: answer.page!.total + 1 } };
        }
        return withMiddle(answer, exchange, (row) =>
          Array.isArray(row['roles']) ? { ...row, roles: [...(row['roles'] as unknown[]), stray] } : row,
        );
      },
    }),
  },
  {
    name: 'ties',
    form: '',
    says: 'Equal sort keys: each page of users but the first repeats the last of the page before and loses its own first.',
    family: 'paging',
    kind: 'accept',
    ends: 'either',
    act: () => ({
      change(answer, exchange, simulation) {
        const data = isUsers(answer, exchange) ? (bodyObject(answer)['data'] as Row[]) : [];
        if (data.length === 0 || answer.page!.skip === 0 || answer.page!.isNarrowed) return answer;
        const before = userRow(simulation, simulation.tenant.at(answer.page!.skip - 1));
        return { ...answer, json: { ...bodyObject(answer), data: [before, ...data.slice(1)] } };
      },
    }),
  },
  {
    name: 'user-id-null',
    form: '',
    says: 'The id of the user in the middle is null.',
    family: 'users',
    kind: 'refuse',
    ends: 'refused',
    act: () => ({ change: (answer, exchange) => withMiddle(answer, exchange, (row) => ({ ...row, id: null })) }),
  },
  {
    name: 'user-id-twice',
    form: '',
    says: 'The user in the middle has the id of the founder, who stands last in the list.',
    family: 'users',
    kind: 'refuse',
    ends: 'refused',
    act: () => ({
      change: (answer, exchange, { tenant }) =>
        withMiddle(answer, exchange, (row) => ({ ...row, id: tenant.person(0)?.id ?? row['id'] })),
    }),
  },
];

const bodyObject = (answer: Answer): Row => answer.json as Row;

function isUsers(answer: Answer, exchange: Exchange): boolean {
  const { route } = exchange;
  const isMeant = route.kind === 'api' && route.means === 'users';
  return isMeant && hasRows(answer);
}

const middleOf = (total: number): number => Math.floor(total / 2);

/** Where in this page the user in the middle stands; undefined if on another. */
function middleRow(answer: Answer, exchange: Exchange): number | undefined {
  if (!isUsers(answer, exchange)) return undefined;
  const row = middleOf(answer.page!.total) - answer.page!.skip;
  return row >= 0 && row < (bodyObject(answer)['data'] as Row[]).length ? row : undefined;
}

function withMiddle(answer: Answer, exchange: Exchange, change: (row: Row) => Row): Answer {
  const middle = middleRow(answer, exchange);
  if (middle === undefined) return answer;
  const data = (bodyObject(answer)['data'] as Row[]).map((row, n) => (n === middle ? change(row) : row));
  return { ...answer, json: { ...bodyObject(answer), data } };
}

/** Whether this is the list of roles of the user in the middle. */
function ofMiddle(answer: Answer, { route }: Exchange, { tenant, form }: Simulation): boolean {
  if (!hasRows(answer) || route.kind !== 'api' || route.means !== 'user-roles') return false;
  const person = form.userIds.find(route.id ?? '', tenant);
  return typeof person === 'object' && person.index === tenant.at(middleOf(tenant.count)).index;
}
