import type { BatonError } from '@batonkit/kernel';
import { inOrder } from './ordered.ts';
import { expect, type KnownList } from './known-list.ts';
import type { Fault, Ground, OpenPass, PassEnd } from './open-pass.ts';
import type { Basket } from './outlet.ts';
import { Orphans } from './orphans.ts';
import type { PageSizes } from './page-sizes.ts';
import type { MemberList, PagedList, PagedMemberList, Plan, Taken } from './plan.ts';
import { expectedOf, type Expected, type ListRun, type ReadOptions } from './list-run.ts';
import { readList } from './read-list.ts';
import { readRound } from './rounds.ts';

/** One reading of all lists in their order. */
export class Pass implements OpenPass {
  readonly faults: Fault[] = [];
  doubt: BatonError | undefined;
  /** Members' own lists were read again until two readings agreed. */
  isSettled = false;
  /** Members went while their own lists were read: the next pass may agree with this one, which proves nothing itself. */
  isLoose = false;
  /** By list: how many members only this pass or only the one before has. */
  readonly differences: { list: string; members: number }[] = [];
  /** First request and last answer of the pass; of its last list the first page. */
  from = 0;
  to = 0;
  listSpan = { from: 0, to: 0 };
  /** Rows of the fullest page, of the list of several pages where that is least. */
  fullest = Infinity;
  readonly n: number;
  readonly hasOut: boolean;
  readonly ground: Ground;
  private readonly sizes: (list: string) => PageSizes;
  private readonly basket: Basket;
  private isOver = false;

  constructor(ground: Ground, n: number, hasOut: boolean, sizes: (list: string) => PageSizes) {
    this.ground = ground;
    this.n = n;
    this.hasOut = hasOut;
    this.sizes = sizes;
    this.basket = ground.outlet.basket();
  }

  /** Read to its end, and every count is that of the rows: it can be compared. */
  get isPure(): boolean {
    return this.isOver && this.faults.length === 0 && this.doubt === undefined;
  }

  get agrees(): boolean {
    return this.differences.every(({ members }) => members === 0);
  }

  async run(lists: Plan['lists']): Promise<PassEnd> {
    this.ground.spool.forget(textsOf(this.n - 2));
    for (const list of lists) {
      const end =
        list.kind === 'paged'
          ? await this.readPaged(list)
          : list.kind === 'per-member'
            ? await readRound(this, list)
            : await this.readEachPaged(list);
      // Later, the form has changed under the reading.
      if (end === 'wrong-plan' && this.n > 1) return this.void(list.name);
      if (end !== 'done') return end;
      if (list.kind === 'per-member') continue;
      for (const name of [list.name, ...(list.carries ?? [])])
        this.differences.push({ list: name, members: this.ground.lists.of(name).members.differences });
    }
    this.isOver = true;
    return 'done';
  }

  void(list: string, doubt?: BatonError): 'void' {
    if (doubt === undefined) this.faults.push({ kind: 'moved', list, members: 1 });
    else this.doubt = doubt;
    return 'void';
  }

  begin(name: string, path: string): KnownList {
    return this.ground.lists.begin(name, path, this.hasOut);
  }

  /** Whether a member is new in this pass. */
  see(list: KnownList, member: string): boolean {
    const { lists, spool } = this.ground;
    const isNew = lists.see(list, member);
    // From the third pass on, the last few that differ may be settled one by one.
    if (isNew && this.n > 2) spool.append(textsOf(this.n), textsIn(this.n, list.name), member);
    return isNew;
  }

  out(): Basket | undefined {
    return this.hasOut ? this.basket : undefined;
  }

  options(list: string, signal = this.ground.signal): ReadOptions {
    const { lanes, fail } = this.ground;
    return { sizes: this.sizes(list), lanes, signal, fail };
  }

  account({ evidence }: KnownList, run: ListRun, isNewPass: boolean): void {
    if (run.filled > 1) this.fullest = Math.min(this.fullest, run.fullest);
    evidence.pages += run.pages;
    if (isNewPass) evidence.passes++;
    evidence.retries += run.retries;
    evidence.pageSize = Math.max(evidence.pageSize, run.pageSize);
    this.from = this.from === 0 ? run.from : Math.min(this.from, run.from);
    this.to = Math.max(this.to, run.to);
    this.listSpan = { from: run.firstFrom, to: run.firstTo };
  }

  report(list: string, received: number, total: number | null, pages: number, done: boolean): void {
    const { clock, observe } = this.ground;
    const of = total === null ? {} : { total };
    observe({ type: 'list', at: clock.now(), list, pass: this.n, received, ...of, pages, done });
  }

  private async readPaged(list: PagedList): Promise<PassEnd> {
    const known = this.start(list, list.path);
    const { lists, spool } = this.ground;
    const orphans = new Orphans(this, known);
    const isAsked = this.isAsked(list.name);
    let stopped: 'void' | 'wrong-plan' | undefined;
    let distinct = 0;
    const run = await readList(
      {
        name: list.name,
        path: list.path,
        page: list.page,
        id: (row) => list.id(row),
        sureBelow: 1,
        known: known.paging,
        expected: known.expected.get('') ?? (this.n === 1 ? seenWhole(list) : undefined),
        onPage: (rows, ids, run) => {
          let added = 0;
          for (const [index, id] of ids.entries()) {
            const row = rows[index];
            if (!this.see(known, id)) continue;
            added++;
            stopped = this.take(known, id, orphans, (out) => list.take(row, out));
            if (stopped !== undefined) return 'stop';
            if (isAsked) spool.append(idsOf(list.name), idsOf(list.name), id);
          }
          distinct += added;
          this.report(list.name, run.received, run.count, run.pages, run.received >= (run.count ?? Infinity));
          return added;
        },
      },
      this.options(list.name),
    );
    expect(known, '', expectedOf(run));
    this.account(known, run, true);
    for (const name of list.carries ?? []) this.account(lists.of(name), { ...run, filled: 0 }, true);
    known.evidence.count = run.count;
    if (stopped !== undefined) return stopped;
    if (run.outcome !== 'end') return this.void(list.name);
    if (run.count === null) this.report(list.name, run.received, null, run.pages, true);
    known.isUncounted = run.count === null && run.filled > 1;
    const isWhole = this.checkCount(list, run, distinct);
    known.isOneResponse = isWhole && run.filled === 1 && (run.isUnpaged || run.count === distinct);
    await orphans.settle();
    return 'done';
  }

  private async readEachPaged(list: PagedMemberList): Promise<PassEnd> {
    const known = this.start(list, list.path);
    const { lists, lanes, signal } = this.ground;
    const of = lists.of(list.of);
    const orphans = new Orphans(this, known);
    let stopped: 'void' | 'wrong-plan' | undefined;
    let count: number | null = 0;
    let received = 0;
    const readOne = async (member: string, signal: AbortSignal): Promise<ListRun | 'vanished'> => {
      // Several pages at once may find it gone; the one whose turn comes first is thrown.
      const absent = new Set<unknown>();
      let distinct = 0;
      const page: PagedList['page'] = async (request) => {
        const answer = await list.page(member, request);
        if (answer.kind === 'absent') absent.add(answer.error);
        return answer;
      };
      const onPage = (rows: readonly unknown[], ids: readonly string[]): number | 'stop' => {
        let added = 0;
        for (const [index, id] of ids.entries()) {
          const row = rows[index];
          if (!this.see(known, id)) continue;
          added++;
          stopped ??= this.take(known, id, orphans, (out) => list.take(member, row, out));
          if (stopped !== undefined) return 'stop';
        }
        distinct += added;
        received += rows.length;
        this.report(list.name, received, null, known.evidence.pages, false);
        return added;
      };
      const { name, path } = list;
      const id = (row: unknown): string => list.id(member, row);
      const options = this.options(name, signal);
      try {
        const expected = known.expected.get(member);
        const source = { name, path, page, id, onPage, sureBelow: 1, known: known.paging, expected };
        const run = await readList(source, { ...options, sizes: options.sizes.copy() });
        expect(known, member, expectedOf(run));
        if (run.outcome === 'end') this.checkCount(list, run, distinct);
        return run;
      } catch (error) {
        if (!absent.has(error)) throw error;
        if (!(await list.isGone(member, signal))) throw error;
        // What was already taken of it is in no pass that proves anything.
        if (distinct > 0) this.void(list.name);
        return 'vanished';
      }
    };
    let isFirst = true;
    for await (const [member, run] of inOrder(this.idsIn(list.of), lanes, signal, readOne)) {
      if (run === 'vanished') this.vanish(of, known, member);
      else {
        this.account(known, run, isFirst);
        for (const name of list.carries ?? []) this.account(lists.of(name), { ...run, filled: 0 }, isFirst);
        isFirst = false;
        count = count === null || run.count === null ? null : count + run.count;
        known.isUncounted ||= run.count === null && run.filled > 1;
        if (stopped !== undefined) return stopped;
        if (run.outcome !== 'end') return this.void(list.name);
      }
    }
    known.evidence.count = count;
    this.report(list.name, received, count, known.evidence.pages, true);
    await orphans.settle();
    return 'done';
  }

  /** A member that the source does not know any more. In a later pass it was there a moment ago. */
  vanish(of: KnownList, list: KnownList, member: string): void {
    of.members.drop(member);
    of.evidence.vanished++;
    list.evidence.vanished++;
    if (this.n > 1) this.isLoose = true;
  }

  /** The members of a list that others are asked for one by one. */
  *idsIn(list: string): Generator<string> {
    const { lists, spool } = this.ground;
    const { members } = lists.of(list);
    for (const { record } of spool.records(idsOf(list))) if (members.has(record as string)) yield record as string;
  }

  private start(list: PagedList | PagedMemberList, path: string): KnownList {
    const { outlet, spool } = this.ground;
    if (this.hasOut) outlet.forget(list.name);
    spool.forget(idsOf(list.name));
    const known = this.begin(list.name, path);
    for (const name of list.carries ?? []) this.begin(name, path);
    return known;
  }

  private take(
    known: KnownList,
    id: string,
    orphans: Orphans,
    take: (out: Basket | undefined) => Taken,
  ): 'void' | 'wrong-plan' | undefined {
    const { lists, outlet } = this.ground;
    const out = this.out();
    const taken = take(out);
    if (taken === 'wrong-plan') return taken;
    if (taken.doubt !== undefined) return this.void(known.name, taken.doubt);
    if (taken.isAside === true) known.members.putAside(id);
    const { isOrphan, tag } = orphans.look(id, taken, this.n > 2);
    if (isOrphan) {
      out?.empty();
      return orphans.isTooMany ? this.void(known.name) : undefined;
    }
    const { carries } = taken;
    if (carries !== undefined)
      for (const name of Object.keys(carries)) {
        const list = lists.of(name);
        for (const member of carries[name] ?? []) this.see(list, member);
      }
    if (out !== undefined) outlet.accept(known, id, out, tag);
    return undefined;
  }

  private checkCount({ name, path }: { name: string; path: string }, run: ListRun, distinct: number): boolean {
    const isRight = !run.countMoved && (run.count === null || run.count === distinct) && run.received === distinct;
    const { count, countMoved: moved } = run;
    // Of rows that came twice, others did not come.
    const shown = count === distinct ? run.received : distinct;
    if (!isRight) this.faults.push({ kind: 'count', list: name, path, count, distinct: shown, moved });
    return isRight;
  }

  private isAsked(name: string): boolean {
    return this.ground.plan.lists.some((list: PagedList | MemberList | PagedMemberList) =>
      list.kind === 'paged' ? false : list.of === name,
    );
  }
}

/** A list that was looked at and came whole comes so again, with a page after it. */
const seenWhole = ({ seenWhole: count = 0 }: PagedList): Expected | undefined =>
  count > 0 ? { count, step: count } : undefined;

const idsOf = (list: string): string => `ids:${list}`;
/** Group and pretended list of the texts of a pass's members. */
export const textsOf = (pass: number): string => `texts:${pass}`;
export const textsIn = (pass: number, list: string): string => `texts:${pass}\n${list}`;
