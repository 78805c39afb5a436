import { bodyOf, type Answer } from '../answer.ts';
import type { Row } from '../form/form.ts';
import { without } from '../without.ts';
import type { Striking } from '../simulation.ts';
import { isList, noneOf, wholeOf, type FaultKind } from './fault.ts';

/** Changes the body of a list while its rows are plain; the form comes after. */
const changed = (change: (body: Row) => Row): Striking => ({
  fits: isList,
  change: (answer) => (isWell(answer) ? { ...answer, json: change(answer.json as Row) } : answer),
});

const isWell = (answer: Answer): boolean => answer.status === 200 && answer.json !== undefined;

const isRow = (row: unknown): boolean => typeof row === 'object' && row !== null;

const rowsOf = (body: Row): Row[] => (Array.isArray(body['data']) ? (body['data'] as Row[]) : []);

/** Changes one row of a list, the one in the middle of the page. */
const middle = (change: (row: Row) => Row): Striking =>
  changed((body) => {
    const rows = rowsOf(body);
    const at = Math.floor(rows.length / 2);
    return { ...body, data: rows.map((row, n) => (n === at && isRow(row) ? change(row) : row)) };
  });

const fault = (name: string, says: string, make: () => Striking, weight = 1): FaultKind => ({
  name,
  form: '',
  family: 'json',
  says,
  drawn: { weight },
  make: (argument) => (noneOf(argument), make()),
});

const deepest = 100_000;

/** JSON that means nothing, or that two readers would understand differently. All but two fall on lists only. */
export const jsonFaults: readonly FaultKind[] = [
  fault('duplicate-key', 'The first object of the body has its first key twice, the second time with null.', () => ({
    fits: isList,
    finish(answer) {
      if (!isWell(answer)) return answer;
      const body = bodyOf(answer);
      const key = /\{("[^"]+"):/.exec(body);
      if (!key) return answer;
      const { json: _, ...rest } = answer;
      const end = body.lastIndexOf('}');
      const at = body.startsWith('{') ? end : body.indexOf('}', key.index);
      return { ...rest, text: `${body.slice(0, at)},${key[1]}:null${body.slice(at)}` };
    },
  })),
  {
    name: 'deep',
    form: '[:DEPTH]',
    family: 'json',
    says: 'One value in the body is an array in an array … DEPTH times (default 200).',
    drawn: { weight: 1, argument: (random) => random.pick(['200', '100000']) },
    make(argument) {
      const depth = wholeOf(argument, 200, 1, deepest);
      return {
        fits: isList,
        finish(answer) {
          if (!isWell(answer)) return answer;
          const body = bodyOf(answer);
          const { json: _, ...rest } = answer;
          const value = '['.repeat(depth) + ']'.repeat(depth);
          const isObject = body.startsWith('{');
          const inside = isObject
            ? `${body === '{}' ? '' : ','}"extra":${value}`
            : `${body === '[]' ? '' : ','}${value}`;
          return { ...rest, text: body.slice(0, -1) + inside + body.slice(-1) };
        },
      };
    },
  },
  fault('wrong-type', 'The list is an object.', () => changed((body) => ({ ...body, data: { 0: rowsOf(body)[0] } }))),
  fault('row-type', 'One row is a number.', () => middle(() => 7 as unknown as Row)),
  fault('null-row', 'One row is null.', () => middle(() => null as unknown as Row)),
  fault('count-type', 'The count is a text that is no number.', () => changed((body) => ({ ...body, count: 'many' }))),
  fault('count-negative', 'The count is -1.', () => changed((body) => ({ ...body, count: -1 }))),
  fault('count-huge', 'The count is 9007199254740993.', () =>
    changed((body) => ({ ...body, count: 9_007_199_254_740_992 })),
  ),
  fault('null-list', 'The list is null.', () => changed((body) => ({ ...body, data: null }))),
  fault('missing-key', 'The body has no list at all.', () => changed((body) => without(body, 'data'))),
  fault('missing-id', 'One row has no id.', () => middle((row) => without(row, 'id'))),
  fault('null-id', 'The id of one row is null.', () => middle((row) => ({ ...row, id: null }))),
  fault('empty-id', 'The id of one row is an empty text.', () => middle((row) => ({ ...row, id: '' }))),
  fault('two-arrays', 'The body has a second, empty array that could be the list.', () => ({
    fits: isList,
    finish(answer) {
      if (!isWell(answer) || Array.isArray(answer.json) || answer.json === null) return answer;
      const body = answer.json as Row;
      return { ...answer, json: { ...body, ['results' in body ? 'items' : 'results']: [] } };
    },
  })),
  fault('roles-absent', 'One user has no assignments key (where they are embedded).', () =>
    middle((row) => without(row, 'roles')),
  ),
  fault('roles-are-null', 'The embedded assignments of one user are null.', () =>
    middle((row) => ('roles' in row ? { ...row, roles: null } : row)),
  ),
];
