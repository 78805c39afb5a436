import type { BatonError } from '@batonkit/kernel';
import { inOrder } from './ordered.ts';
import type { MemberList } from './plan.ts';
import { readList, type ListRun, type ReadOptions } from './read-list.ts';

export interface MemberRows {
  rows: readonly unknown[];
  run: ListRun;
}

/** Reads the lists of all members, several at once, in the members' order. `vanished`: the member itself is gone. */
export async function* readMembers(
  list: MemberList,
  members: Iterable<string>,
  options: ReadOptions,
): AsyncGenerator<[string, MemberRows | 'vanished']> {
  yield* inOrder(members, options.lanes, options.signal, (member, signal) =>
    readMember(list, member, { ...options, signal }),
  );
}

async function readMember(list: MemberList, member: string, options: ReadOptions): Promise<MemberRows | 'vanished'> {
  let absent: BatonError | undefined;
  const rows: unknown[] = [];
  const distinct = new Set<string>();
  const read = async (): Promise<ListRun> => {
    rows.length = 0;
    distinct.clear();
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
        onPage: (page, ids) => {
          const before = distinct.size;
          for (const id of ids) distinct.add(id);
          for (const row of page) rows.push(row);
          return distinct.size - before;
        },
      },
      { ...options, sizes, lanes: 1 },
    );
    options.sizes.settle(sizes.current);
    return run as ListRun;
  };
  const differs = (run: ListRun): boolean =>
    run.countMoved || (run.count !== null && run.count !== (run.filled > 1 ? distinct.size : rows.length));
  try {
    const run = await read();
    if (!differs(run)) return { rows, run };
    const again = await read();
    const { name, path } = list;
    // Read twice and wrong in the same way: it does not move, it says something untrue.
    if (differs(again) && again.count === run.count && again.count !== null && !again.countMoved) {
      throw options.fail({ kind: 'count', list: name, path, count: again.count, distinct: distinct.size });
    }
    throw options.fail({ kind: 'drift', differences: [{ list: name, members: 1 }] });
  } catch (error) {
    // Anything but a proven disappearance stays an error.
    if (absent === undefined || error !== absent) throw error;
    if (await list.isGone(member, options.signal)) return 'vanished';
    throw error;
  }
}
