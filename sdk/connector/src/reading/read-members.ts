import type { BatonError } from '@batonkit/kernel';
import { inOrder } from './ordered.ts';
import type { MemberList } from './plan.ts';
import type { ListRun, Paging, ReadOptions } from './list-run.ts';
import { readList } from './read-list.ts';

export interface MemberRows {
  rows: readonly unknown[];
  run: ListRun;
}

/** `vanished`: the member itself is gone; `moved`: its list changes faster than it can be read. */
export type MemberAnswer = MemberRows | 'vanished' | 'moved';

const most = 5;
/** The rows of one member are held in memory, those of several members at once. */
const mostRows = 100_000;
const mostCharacters = 64 * 2 ** 20;

/** Reads the lists of all members, several at once, in the members' order. */
export async function* readMembers(
  list: MemberList,
  members: Iterable<string>,
  paging: Paging,
  options: ReadOptions,
): AsyncGenerator<[string, MemberAnswer]> {
  yield* inOrder(members, options.lanes, options.signal, (member, signal) =>
    readMember(list, member, paging, { ...options, signal }),
  );
}

/** One member's list, until its count is that of its rows. */
export async function readMember(
  list: MemberList,
  member: string,
  paging: Paging,
  options: ReadOptions,
): Promise<MemberAnswer> {
  let absent: BatonError | undefined;
  let rows: unknown[] = [];
  const distinct = new Set<string>();
  const one = `${list.name} of one of the ${list.of}`;
  const tooMany = (what: string, limit: number): BatonError =>
    options.fail({ kind: 'too-many', list: what, path: list.path, limit });
  const read = async (): Promise<ListRun> => {
    rows = [];
    distinct.clear();
    let characters = 0;
    const sizes = options.sizes.copy();
    const run = await readList(
      {
        name: list.name,
        path: list.path,
        page: async (request) => {
          const answer = await list.page(member, request);
          if (answer.kind === 'absent') absent = answer.error;
          return answer;
        },
        // Such rows need no id of their own: the same role may come from two sources.
        id: (row) => JSON.stringify(row),
        // One request more for every user would cost as much as the reading itself.
        sureBelow: 50,
        known: paging,
        onPage: (page, ids) => {
          const before = distinct.size;
          for (const id of ids) {
            distinct.add(id);
            characters += id.length;
          }
          if (rows.length + page.length > mostRows) throw tooMany(one, mostRows);
          if (characters > mostCharacters) throw tooMany(`characters in the ${one}`, mostCharacters);
          for (const row of page) rows.push(row);
          return distinct.size - before;
        },
      },
      { ...options, sizes, lanes: 1 },
    );
    options.sizes.settle(sizes.current);
    return run;
  };
  const differs = (run: ListRun): boolean =>
    run.outcome !== 'end' ||
    run.countMoved ||
    (run.count !== null && run.count !== (run.filled > 1 ? distinct.size : rows.length));
  try {
    let before: { run: ListRun; held: string } | undefined;
    for (let n = 0; n < most; n++) {
      const run = await read();
      if (!differs(run)) return { rows, run };
      // Read twice and wrong in the same way: it does not move, it says something untrue.
      const held = JSON.stringify([...distinct].sort());
      const isStill = before?.held === held && before.run.count === run.count;
      if (isStill && run.count !== null && before?.run.countMoved === false && !run.countMoved) {
        const { name, path } = list;
        throw options.fail({ kind: 'count', list: name, path, count: run.count, distinct: distinct.size });
      }
      before = { run, held };
    }
    return 'moved';
  } catch (error) {
    // Anything but a proven disappearance stays an error.
    if (absent === undefined || error !== absent) throw error;
    if (await list.isGone(member, options.signal)) return 'vanished';
    throw error;
  }
}
