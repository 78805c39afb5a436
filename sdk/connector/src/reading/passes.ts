import type { BatonError, Clock } from '@batonkit/kernel';
import type { Evidence, ListEvidence } from '@batonkit/protocol';
import type { Observe } from '../events.ts';
import { MemberSet } from './member-set.ts';
import { PageSizes } from './page-sizes.ts';
import type { MemberList, Out, PagedList, Plan, ReadingProblem } from './plan.ts';
import { readList, type ListRun, type ReadOptions } from './read-list.ts';
import { readMembers } from './read-members.ts';
import { groupOf, type Spool } from './spool.ts';

interface PassesOptions {
  clock: Clock;
  observe: Observe;
  signal: AbortSignal;
  lanes: number;
  fail: (problem: ReadingProblem) => BatonError;
}

/** What is known of one list, over all passes. */
interface Known {
  evidence: Omit<ListEvidence, 'distinct' | 'digest' | 'serverScoped'>;
  members: MemberSet;
  /** Members that are proven and not served; few. */
  aside: string[];
  /** Of the first pass, for the photograph. */
  isOnePage: boolean;
  /** It had several pages and no count to check them by. */
  isUncounted: boolean;
  /** In the running later pass. */
  marked: number;
  unknown: number;
}

/** One plan's passes over its lists, and what they prove. */
export class Passes {
  readonly resources = new Map<string, MemberSet>();
  private readonly plan: Plan;
  private readonly spool: Spool;
  private readonly options: PassesOptions;
  private readonly known = new Map<string, Known>();
  private sizes: PageSizes;
  /** Rows of the fullest page, of the list of several pages where that is least. */
  private fullest = Infinity;
  /** First request and last answer of the pass; of its last list the first answer. */
  private span = { from: 0, to: 0 };
  private listSpan = { from: 0, to: 0 };

  constructor(plan: Plan, spool: Spool, options: PassesOptions) {
    this.plan = plan;
    this.spool = spool;
    this.options = options;
    this.sizes = new PageSizes(plan.pageSize);
  }

  /** @throws BatonError when the lists are no photograph */
  async run(): Promise<Evidence | 'wrong-plan'> {
    const { plan } = this;
    const out = this.createOut();
    if ((await this.pass(1, plan.lists, out)) === 'wrong-plan') return 'wrong-plan';
    plan.check?.({
      has: (list, id) => this.of(list).members.has(id),
      size: (list) => this.of(list).members.size,
    });
    const first = { ...this.span };
    const photograph = { ...this.listSpan };
    if (this.isPhotograph()) {
      await this.pass(2, plan.lists.slice(0, -1), undefined);
      return this.evidence(photograph.from, photograph.to);
    }
    // Without counts only another page size can show what the first one always loses; one that pages really had.
    if ([...this.known.values()].some(({ isUncounted }) => isUncounted)) {
      this.sizes = new PageSizes(Math.max(1, Math.floor(this.fullest * 0.7)));
    }
    await this.pass(2, plan.lists, undefined);
    return this.evidence(first.to, this.span.from);
  }

  private async pass(pass: number, lists: Plan['lists'], out: Out | undefined): Promise<'wrong-plan' | undefined> {
    this.span = { from: 0, to: 0 };
    for (const list of lists) {
      const isRight =
        list.kind === 'paged'
          ? await this.readPaged(list, pass, out)
          : list.kind === 'per-member' && (await this.readEach(list, pass, out));
      // Later the form has changed under the reading: what was not seen again is not proven.
      if (!isRight && pass > 1)
        throw this.options.fail({ kind: 'drift', differences: [{ list: list.name, members: 1 }] });
      if (!isRight) return 'wrong-plan';
      if (pass > 1) this.compare([list.name, ...(list.kind === 'per-member' ? [] : (list.carries ?? []))]);
    }
    return undefined;
  }

  private async readPaged(list: PagedList, pass: number, out: Out | undefined): Promise<boolean> {
    const known = this.start(list.name, list.path);
    for (const name of list.carries ?? []) this.start(name, list.path);
    let distinct = 0;
    const run = await readList(
      {
        name: list.name,
        path: list.path,
        page: list.page,
        id: (row) => list.id(row),
        sureBelow: 1,
        onPage: (rows, ids, run) => {
          let added = 0;
          for (const [index, id] of ids.entries()) {
            const row = rows[index];
            if (!this.see(known, id, pass)) continue;
            added++;
            const taken = list.take(row, out);
            if (taken === 'wrong-plan') return 'stop';
            if (taken.isAside === true && pass === 1) known.aside.push(id);
            for (const [name, members] of Object.entries(taken.carries ?? {})) {
              for (const member of members) this.see(this.of(name), member, pass);
            }
            if (out !== undefined && this.isAsked(list.name)) this.spool.append(idsOf(list.name), id);
          }
          distinct += added;
          this.report(list.name, pass, run.received, run.count, run.pages, run.received >= (run.count ?? Infinity));
          return added;
        },
      },
      this.readOptions(),
    );
    if (run === undefined) return false;
    this.account(known, run);
    if (run.count === null) this.report(list.name, pass, run.received, null, run.pages, true);
    known.isUncounted = run.count === null && run.filled > 1;
    known.isOnePage = run.filled === 1 && run.count === distinct;
    for (const name of list.carries ?? []) this.account(this.of(name), { ...run, count: null });
    if (run.countMoved || (run.count !== null && (run.count !== distinct || run.received !== distinct)))
      throw await this.judgeCount(list, run, distinct);
    return true;
  }

  private async readEach(list: MemberList, pass: number, out: Out | undefined): Promise<boolean> {
    const known = this.start(list.name, list.path);
    const members = this.of(list.of);
    const total = members.members.size;
    let read = 0;
    for await (const [member, answer] of readMembers(list, this.idsFrom(list.of), this.readOptions())) {
      if (answer === 'vanished') {
        // In the first pass it was gone before the moment. Later it was there at the moment, with
        // roles that nobody can confirm any more.
        if (pass > 1) throw this.options.fail({ kind: 'drift', differences: [{ list: list.of, members: 1 }] });
        members.members.drop(member);
        this.resources.get(list.resourceType)?.drop(member);
        members.evidence.vanished++;
        known.evidence.vanished++;
      } else {
        const taken = list.take(member, answer.rows, out);
        if ('doubt' in taken) throw taken.doubt;
        for (const item of taken) this.see(known, item, pass);
        this.account(known, { ...answer.run, count: null });
        known.isUncounted ||= answer.run.count === null && answer.run.filled > 1;
        known.evidence.passes = pass;
      }
      read++;
      if (read % 50 === 0 || read === total)
        this.report(list.name, pass, read, total, known.evidence.pages, read === total);
    }
    known.evidence.passes = pass;
    return true;
  }

  /** Whether the count is wrong for good (or rows come twice, so that others do not come), or the list moves. */
  private async judgeCount(list: PagedList, first: ListRun, distinct: number): Promise<BatonError> {
    const again = new MemberSet();
    const run = await readList(
      {
        name: list.name,
        path: list.path,
        page: list.page,
        id: (row) => list.id(row),
        sureBelow: 1,
        onPage: (_, ids) => ids.filter((id) => again.add(id)).length,
      },
      this.readOptions(),
    );
    const isSame = run?.count === first.count && again.size === distinct && !first.countMoved && !run.countMoved;
    const { name, path } = list;
    return isSame && first.count !== null
      ? this.options.fail({
          kind: 'count',
          list: name,
          path,
          count: first.count,
          distinct: first.count === distinct ? first.received : distinct,
        })
      : this.options.fail({
          kind: 'drift',
          differences: [{ list: name, members: Math.max(1, Math.abs((run?.count ?? 0) - distinct)) }],
        });
  }

  private compare(names: readonly string[]): void {
    const differences = names.flatMap((name) => {
      const { members, marked, unknown } = this.of(name);
      const count = members.size - marked + unknown;
      return count === 0 ? [] : [{ list: name, members: count }];
    });
    if (differences.length > 0) throw this.options.fail({ kind: 'drift', differences });
  }

  /** Whether a member is new in this pass. */
  private see(known: Known, text: string, pass: number): boolean {
    if (pass === 1) return known.members.add(text);
    const seen = known.members.mark(text, pass);
    if (seen === 'marked') known.marked++;
    if (seen === 'unknown') known.unknown++;
    return seen !== 'again';
  }

  private isPhotograph(): boolean {
    const { lists, photograph } = this.plan;
    return (
      photograph !== undefined &&
      lists.at(-1)?.name === photograph &&
      lists.every((list) => list.kind === 'paged' && this.of(list.name).isOnePage)
    );
  }

  private isAsked(name: string): boolean {
    return this.plan.lists.some((list) => list.kind === 'per-member' && list.of === name);
  }

  private *idsFrom(name: string): Generator<string> {
    const { members } = this.of(name);
    for (const id of this.spool.records(idsOf(name))) if (members.has(id as string)) yield id as string;
  }

  private start(name: string, path: string): Known {
    let known = this.known.get(name);
    if (known === undefined) {
      const evidence = { name, path, count: null, pages: 0, passes: 0, retries: 0, vanished: 0, pageSize: 0 };
      known = {
        evidence,
        members: new MemberSet(),
        aside: [],
        isOnePage: false,
        isUncounted: false,
        marked: 0,
        unknown: 0,
      };
      this.known.set(name, known);
    }
    known.marked = 0;
    known.unknown = 0;
    return known;
  }

  private of(name: string): Known {
    const known = this.known.get(name);
    if (known === undefined) throw new RangeError(`The plan ${this.plan.name} has no list ${name} yet.`);
    return known;
  }

  private account({ evidence }: Known, run: ListRun): void {
    if (run.filled > 1) this.fullest = Math.min(this.fullest, run.fullest);
    evidence.count = run.count;
    evidence.pages += run.pages;
    evidence.passes++;
    evidence.retries += run.retries;
    evidence.pageSize = Math.max(evidence.pageSize, run.pageSize);
    this.span = {
      from: this.span.from === 0 ? run.from : Math.min(this.span.from, run.from),
      to: Math.max(this.span.to, run.to),
    };
    this.listSpan = { from: run.from, to: run.firstTo };
  }

  private readOptions(): ReadOptions {
    const { lanes, signal, fail } = this.options;
    return { sizes: this.sizes, lanes, signal, fail };
  }

  private report(
    list: string,
    pass: number,
    received: number,
    total: number | null,
    pages: number,
    done: boolean,
  ): void {
    const at = this.options.clock.now();
    this.options.observe({ type: 'list', at, list, pass, received, ...(total === null ? {} : { total }), pages, done });
  }

  private createOut(): Out {
    return {
      resource: (type, id, record) => {
        let ids = this.resources.get(type);
        if (ids === undefined) this.resources.set(type, (ids = new MemberSet()));
        ids.add(id);
        this.spool.append(groupOf.resources(type), [id, record]);
      },
      entitlement: (type, id, record) => this.spool.append(groupOf.entitlements(type, id), record),
      grant: (type, id, record) => this.spool.append(groupOf.grants(type, id), record),
      has: (list, member) => this.of(list).members.has(member),
    };
  }

  private evidence(from: number, to: number): Evidence {
    const { roleId, owner, origin, notes, serverScoped } = this.plan.facts();
    for (const { members, aside } of this.known.values()) for (const id of aside) members.drop(id);
    return {
      moment: { from: new Date(from).toISOString(), to: new Date(Math.max(from, to)).toISOString() },
      verdict: 'complete',
      scope: 'full',
      origin,
      plan: this.plan.name,
      roleId,
      owner: { id: owner.id, roles: [...owner.roles].sort() },
      lists: [...this.known.values()].map(({ evidence, members }) => ({
        ...evidence,
        distinct: members.size,
        serverScoped: serverScoped?.[evidence.name] ?? 0,
        digest: members.digest(),
      })),
      notes,
    };
  }
}

const idsOf = (list: string): string => `ids\n${list}`;
