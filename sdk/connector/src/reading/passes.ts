import { BatonError, Status, type Clock } from '@batonkit/kernel';
import type { Evidence, Span } from '@batonkit/protocol';
import type { Observe } from '../events.ts';
import { evidenceOf } from './evidence-of.ts';
import { KnownLists } from './known-list.ts';
import { Outlet, type ServedIds } from './outlet.ts';
import { PageSizes } from './page-sizes.ts';
import type { Fault, Ground } from './open-pass.ts';
import { Pass } from './pass.ts';
import type { Plan, ReadingProblem } from './plan.ts';
import { settleDifferences } from './settle.ts';
import type { Spool } from './spool.ts';

interface PassesOptions {
  clock: Clock;
  observe: Observe;
  signal: AbortSignal;
  lanes: number;
  /** 1: nothing is compared. */
  passes: 1 | 2;
  fail: (problem: ReadingProblem) => BatonError;
}

/** A list of more members is not asked for in one page. */
const largestPage = 50_000;
/** Passes in pages, before whole lists are asked for. */
const mostPasses = 4;

type Time = { moment: Span } | { window: Span };

/** One plan's passes over its lists, and what they prove. */
export class Passes {
  private readonly plan: Plan;
  private readonly options: PassesOptions;
  private readonly ground: Ground;
  private readonly outlet: Outlet;
  private readonly sizes: PageSizes;
  private readonly sizesUsed: number[] = [];
  /** Rows of a full page of the first pass that had several. */
  private fullest: number | undefined;
  private first = 0;
  /** It would have been a photograph, but its first lists were others after it: the next may be one. */
  private isBlurred = false;
  private last: Pass | undefined;
  private beforeLast: Pass | undefined;

  constructor(plan: Plan, spool: Spool, options: PassesOptions) {
    const lists = new KnownLists();
    this.plan = plan;
    this.options = options;
    this.outlet = new Outlet(spool, lists);
    const { clock, observe, signal, lanes, fail } = options;
    const outlet = this.outlet;
    this.ground = { plan, spool, lists, outlet, rounds: new Map(), clock, observe, signal, lanes, fail };
    this.sizes = new PageSizes(plan.pageSize);
  }

  get resources(): ReadonlyMap<string, ServedIds> {
    return this.outlet.resources;
  }

  /** @throws BatonError when the lists are no photograph, and nothing heals that */
  async run(): Promise<Evidence | 'wrong-plan'> {
    const { plan } = this;
    for (let n = 1; n <= mostPasses; n++) {
      const sizes = this.sizesFor(n);
      const pass = await this.pass(n, () => sizes);
      if (pass === 'wrong-plan') return pass;
      const time = await this.prove(pass);
      // A second that only replaces the first compares nothing either, and must not look as if it did.
      if (time !== undefined) return this.evidence(time, this.options.passes === 1 && 'window' in time ? 1 : n);
      // Rows of a third pass would add to what the plan keeps of the first.
      if (n > 1 && plan.restart === undefined) throw this.failure();
      if (pass.doubt !== undefined && this.beforeLast?.doubt?.code === pass.doubt.code) throw pass.doubt;
    }
    return await this.readWhole();
  }

  /** Each list in one page; where that cannot be, or is not enough, the last few that differ one by one. */
  private async readWhole(): Promise<Evidence> {
    const whole = await this.wholeSizes();
    if (whole === undefined) {
      const time = await this.settle(mostPasses);
      if (time !== undefined) return this.evidence(time, mostPasses);
      throw this.failure();
    }
    // The second only where the first is right by itself and the pages before it lost too much.
    for (let n = mostPasses + 1; n <= mostPasses + 2; n++) {
      const pass = await this.pass(n, whole);
      if (pass === 'wrong-plan') break;
      const time = (await this.prove(pass)) ?? (await this.settle(n));
      if (time !== undefined) return this.evidence(time, n);
      if (!pass.isPure) break;
    }
    throw this.failure();
  }

  private async pass(n: number, sizes: (list: string) => PageSizes): Promise<Pass | 'wrong-plan'> {
    // Rows of the second are those of the first, if the first can be compared at all.
    const hasOut = n !== 2 || this.last?.isPure !== true || this.isBlurred;
    if (hasOut && n > 1) this.plan.restart?.();
    const pass = new Pass(this.ground, n, hasOut, sizes);
    const end = await pass.run(this.plan.lists);
    if (end === 'wrong-plan') return end;
    this.first ||= pass.from;
    if (pass.fullest !== Infinity) this.fullest ??= pass.fullest;
    this.beforeLast = this.last;
    this.last = pass;
    return pass;
  }

  private async prove(pass: Pass): Promise<Time | undefined> {
    if (!pass.isPure || pass.isLoose) return undefined;
    if (pass.hasOut) await this.check();
    const moment = pass.hasOut ? await this.photograph(pass) : undefined;
    if (moment !== undefined) return { moment };
    if (this.options.passes === 1) return { window: span(this.first, pass.to) };
    const { beforeLast } = this;
    if (beforeLast?.isPure !== true || !pass.agrees) return undefined;
    if (pass.isSettled) return { window: span(this.first, pass.to) };
    return { moment: span(beforeLast.to, pass.from) };
  }

  /** One response is one moment: if all lists came in one each, the same roles before and after prove the rest. */
  private async photograph(pass: Pass): Promise<Span | undefined> {
    const { photograph, lists } = this.plan;
    const isOne =
      photograph !== undefined &&
      lists.at(-1)?.name === photograph &&
      lists.every(({ kind, name }) => kind === 'paged' && this.ground.lists.of(name).isOneResponse);
    if (!isOne) return undefined;
    const again = new Pass(this.ground, pass.n, false, () => this.sizes);
    const end = await again.run(lists.slice(0, -1));
    if (end === 'done' && again.isPure && again.agrees) return span(pass.listSpan.from, pass.listSpan.to);
    this.isBlurred = true;
    // The next pass is compared with this one, whose first lists are now those of the second look.
    pass.to = Math.max(pass.to, again.to);
    if (!again.isPure) pass.void(photograph, again.doubt);
    return undefined;
  }

  private async settle(passes: number): Promise<Time | undefined> {
    const { last, beforeLast } = this;
    if (last === undefined || beforeLast === undefined || last.n !== passes || beforeLast.n < 3) return undefined;
    const to = await settleDifferences(last, beforeLast, () => this.sizes);
    if (to === 'unfit') return undefined;
    if (to === 'failed') throw this.failure();
    await this.check();
    return { window: span(this.first, to) };
  }

  private async check(): Promise<void> {
    const { lists, signal } = this.ground;
    await this.plan.check?.(
      {
        has: (list, id) => lists.of(list).members.has(id),
        size: (list) => lists.of(list).members.size,
      },
      signal,
    );
  }

  private sizesFor(n: number): PageSizes {
    if (n === 1) return this.sizes;
    const isUncounted = this.ground.lists.all().some((list) => list.isUncounted);
    // Without counts, or where they were wrong, only another page size can show what the first one always loses.
    if (n === 2 && this.last?.isPure === true && !isUncounted) return this.sizes;
    const full = this.fullest ?? this.sizes.current ?? 100;
    const wanted = [0.7, 0.5, 0.85].map((part) => Math.max(1, Math.floor(full * part)));
    const used = [full, ...this.sizesUsed];
    const size = [...wanted, full - 1, full - 2, full + 1].find((size) => size > 0 && !used.includes(size)) ?? full;
    this.sizesUsed.push(size);
    return new PageSizes(size);
  }

  /** The page size for each list to come whole; undefined when the server grants no such page. */
  private async wholeSizes(): Promise<((list: string) => PageSizes) | undefined> {
    const { lists, signal } = this.ground;
    const sizes = new Map<string, PageSizes>();
    for (const list of this.plan.lists) {
      if (list.kind === 'per-member' || !lists.has(list.name)) continue;
      const { members, evidence } = lists.of(list.name);
      const size = Math.max(members.size, list.kind === 'paged' ? (evidence.count ?? 0) : 0) + 100;
      if (size > largestPage) return undefined;
      sizes.set(list.name, list.kind === 'paged' ? PageSizes.only(size) : new PageSizes(size));
      if (list.kind !== 'paged' || size <= (this.sizes.current ?? 0)) continue;
      // Tried before the pass begins: a pass that is broken off is no use to anybody.
      const page = await list
        .page({ skip: 0, limit: size, retryLimit: () => size, signal })
        .catch((error: unknown) => isTooMuch(error, signal));
      if (page?.kind !== 'page' || page.rows.length < (page.count ?? members.size)) return undefined;
    }
    return (list) => sizes.get(list) ?? this.sizes;
  }

  private failure(): BatonError {
    const { last, beforeLast } = this;
    const { fail } = this.ground;
    if (last?.doubt !== undefined) return last.doubt;
    const faults = last?.faults ?? [];
    const wrong = faults.find((fault) => isSameCount(fault, beforeLast) && !this.hasMoved(fault));
    if (wrong?.kind === 'count') return fail({ ...wrong, count: wrong.count ?? 0 });
    const [orphans] = faults;
    if (orphans?.kind === 'orphans' && faults.length === 1) return fail(orphans);
    const differences = (last?.differences ?? []).filter(({ members }) => members > 0);
    const moved = faults.map((fault) => ({
      list: fault.list,
      members: fault.kind === 'count' ? Math.max(1, Math.abs((fault.count ?? 0) - fault.distinct)) : fault.members,
    }));
    return fail({ kind: 'drift', differences: differences.length > 0 ? differences : moved });
  }

  /** The last two passes hold others, and together more than the source says there are: some came, others went. */
  private hasMoved({ list }: Fault): boolean {
    const { members, evidence } = this.ground.lists.of(list);
    return members.differences > 0 && members.union > (evidence.count ?? 0);
  }

  private evidence(time: Time, passes: number): Evidence {
    return evidenceOf(this.plan, this.ground.lists, time, passes);
  }
}

/** A server that fails at a page of this size, again and again, does not grant it. @throws the error, when it is another */
function isTooMuch(error: unknown, signal: AbortSignal): undefined {
  if (signal.aborted || !(error instanceof BatonError)) throw error;
  if (error.status !== Status.Unavailable && error.status !== Status.DeadlineExceeded) throw error;
}

/** Said twice, and wrong both times: the list does not move, it says something untrue. */
function isSameCount(fault: Fault, before: Pass | undefined): boolean {
  return (
    fault.kind === 'count' &&
    !fault.moved &&
    fault.count !== null &&
    before?.faults.some(
      (other) => other.kind === 'count' && other.list === fault.list && other.count === fault.count && !other.moved,
    ) === true
  );
}

function span(from: number, to: number): Span {
  return { from: new Date(from).toISOString(), to: new Date(Math.max(from, to)).toISOString() };
}
