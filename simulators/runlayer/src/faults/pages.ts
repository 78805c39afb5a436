import type { Answer } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import type { Row } from '../form/form.ts';
import { userRow } from '../rows.ts';
import type { Simulation, Striking } from '../simulation.ts';
import { hasRows, isList, isUsers, noneOf, wholeOf, type FaultKind } from './fault.ts';

type Body = Row & { data: Row[]; count: number };

/** Changes a page of a list that came well. */
const page = (
  fits: (exchange: Exchange) => boolean,
  change: (body: Body, page: NonNullable<Answer['page']>, simulation: Simulation) => Partial<Body> & { given?: number },
): Striking => ({
  fits,
  change(answer, _, simulation) {
    if (!hasRows(answer)) return answer;
    const { given = answer.page.given, ...body } = change(answer.json as Body, answer.page, simulation);
    return { ...answer, json: { ...(answer.json as Body), ...body }, page: { ...answer.page, given } };
  },
});

const fault = (name: string, says: string, weight: number, make: () => Striking): FaultKind => ({
  name,
  form: '',
  family: 'paging',
  says,
  drawn: { weight },
  make: (argument) => (noneOf(argument), make()),
});

const middleOf = ({ data }: Body): number => Math.floor(data.length / 2);

/** Pages that are not what was asked for. Except for `short` each of them lies. */
export const pages: readonly FaultKind[] = [
  fault('loop', 'The first page of the users again.', 2, () =>
    page(isUsers, ({ data }, _, simulation) => ({ data: data.map((_, n) => userAt(simulation, n)) })),
  ),
  fault('repeat', 'The page of users before this one again.', 2, () =>
    page(isUsers, ({ data }, { skip, limit }, simulation) => ({
      data: data.map((_, n) => userAt(simulation, Math.max(0, skip - limit) + n)),
    })),
  ),
  fault('short', 'Half a page, as from a server with a lower cap.', 4, () =>
    page(isList, ({ data }) => ({
      data: data.slice(0, Math.ceil(data.length / 2)),
      given: Math.ceil(data.length / 2),
    })),
  ),
  fault('empty', 'No rows, and the right count.', 3, () => page(isList, () => ({ data: [], given: 0 }))),
  fault('ends-here', 'No rows, and a count of as many as came before.', 3, () =>
    page(isList, (_, { skip }) => ({ data: [], count: skip, given: 0 })),
  ),
  fault('drop-row', 'One row less; the count stays.', 3, () =>
    page(isList, (body) => ({ data: body.data.toSpliced(middleOf(body), 1) })),
  ),
  fault('lose-row', 'One row and the count less.', 3, () =>
    page(isList, (body) => ({ data: body.data.toSpliced(middleOf(body), 1), count: body.count - 1 })),
  ),
  fault('duplicate-row', 'One row in place of its neighbour; the count stays.', 3, () =>
    page(isList, ({ data }) => ({ data: data.map((row, n) => (n === 1 ? data[0]! : row)) })),
  ),
  fault('swap-id', 'One user has an id that is nobody’s.', 3, () =>
    page(isUsers, (body) => ({
      data: body.data.map((row, n) =>
        n === middleOf(body) ? { ...row, id: '00000000-0000-4000-8000-00000000dead' } : row,
      ),
    })),
  ),
  {
    name: 'count',
    form: '[:D]',
    family: 'paging',
    says: 'The count is D too high (default 1; may be negative).',
    drawn: { weight: 4, argument: (random) => random.pick(['1', '-1', '50', '-5']) },
    make(argument) {
      const by = wholeOf(argument, 1, -1_000_000, 1_000_000);
      return page(isList, ({ count }) => ({ count: Math.max(0, count + by) }));
    },
  },
  {
    name: 'shrink',
    form: '[:N]',
    family: 'paging',
    says: 'The page has at most N rows (default 1), whatever limit was asked for.',
    drawn: { weight: 2, argument: (random) => String(1 + random.below(5)) },
    make(argument) {
      const most = wholeOf(argument, 1, 1, 100_000);
      return page(isList, ({ data }) => ({ data: data.slice(0, most), given: Math.min(data.length, most) }));
    },
  },
];

function userAt(simulation: Simulation, position: number): Row {
  const { tenant } = simulation;
  return userRow(simulation, tenant.at(Math.min(position, tenant.count - 1)));
}
