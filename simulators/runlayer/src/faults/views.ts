import type { Row } from '../form/form.ts';
import { hasRows, isUsers, wholeOf, noneOf, type FaultKind } from './fault.ts';

/** The key sees less for a while, and nothing says so. */
export const views: readonly FaultKind[] = [
  {
    name: 'narrowed',
    form: '[:N]',
    family: 'view',
    says: 'The list of users has N of them (default 1), with their count, as for a weak key.',
    drawn: { weight: 2, argument: (random) => String(1 + random.below(40)) },
    make(argument) {
      const most = wholeOf(argument, 1, 0, 1_000_000);
      return {
        fits: isUsers,
        change(answer) {
          if (!hasRows(answer)) return answer;
          const { skip } = answer.page;
          const data = (answer.json as { data: Row[] }).data.slice(0, Math.max(0, most - skip));
          const total = Math.min(most, answer.page.total);
          return { ...answer, json: { data, count: total }, page: { ...answer.page, total, given: data.length } };
        },
      };
    },
  },
  {
    name: 'roles-hidden',
    form: '',
    family: 'view',
    says: 'Assignments are empty lists on this page.',
    drawn: { weight: 2 },
    make(argument) {
      noneOf(argument);
      return {
        fits: ({ route }) => route.kind === 'api' && ['users', 'user-roles'].includes(route.means),
        change(answer, { route }) {
          if (!hasRows(answer) || route.kind !== 'api') return answer;
          const body = answer.json as { data: Row[] };
          if (route.means === 'user-roles') return { ...answer, json: { data: [], count: 0 } };
          const data = body.data.map((row) => (hasRoles(row) ? { ...row, roles: [] } : row));
          return { ...answer, json: { ...body, data } };
        },
      };
    },
  },
];

// Another fault may have put something else in the place of a row.
const hasRoles = (row: unknown): boolean => typeof row === 'object' && row !== null && 'roles' in row;
