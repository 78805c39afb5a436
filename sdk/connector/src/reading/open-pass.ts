import type { BatonError, Clock } from '@batonkit/kernel';
import type { Observe } from '../events.ts';
import type { KnownList, KnownLists } from './known-list.ts';
import type { ListRun, ReadOptions } from './list-run.ts';
import type { MemberSet } from './member-set.ts';
import type { Basket, Outlet } from './outlet.ts';
import type { Plan, ReadingProblem } from './plan.ts';
import type { Spool } from './spool.ts';

/** How far a list that is read member by member has come, over all passes. */
export interface Rounds {
  /** Whole rounds over all members; from the third on only new members are read. */
  done: number;
  /** What each member's list was when it was read last. */
  states: MemberSet;
  /** Members of whom two readings agreed. */
  agreed: MemberSet;
}

/** What all passes of one plan share. */
export interface Ground {
  plan: Plan;
  spool: Spool;
  lists: KnownLists;
  outlet: Outlet;
  /** Of lists that are read member by member, by name. */
  rounds: Map<string, Rounds>;
  clock: Clock;
  observe: Observe;
  signal: AbortSignal;
  lanes: number;
  fail: (problem: ReadingProblem) => BatonError;
}

/** Why a pass, even if it was read to its end, proves nothing. */
export type Fault =
  /** The count is not that of the rows; `moved`: it was another one in between. */
  | { kind: 'count'; list: string; path: string; count: number | null; distinct: number; moved: boolean }
  | { kind: 'orphans'; list: string; of: string; members: number }
  | { kind: 'moved'; list: string; members: number };

export type PassEnd = 'done' | 'void' | 'wrong-plan';

/** A pass, for those who read a part of it. */
export interface OpenPass {
  readonly ground: Ground;
  readonly faults: Fault[];
  readonly hasOut: boolean;
  /** Members' own lists were read again until two readings agreed. */
  isSettled: boolean;
  begin(name: string, path: string): KnownList;
  options(list: string, signal?: AbortSignal): ReadOptions;
  account(list: KnownList, run: ListRun, isNewPass: boolean): void;
  report(list: string, received: number, total: number | null, pages: number, done: boolean): void;
  /** Whether a member is new in this pass. */
  see(list: KnownList, member: string): boolean;
  out(): Basket | undefined;
  void(list: string, doubt?: BatonError): 'void';
  /** A member that the source does not know any more. */
  vanish(of: KnownList, list: KnownList, member: string): void;
  /** The members of a list that others are asked for one by one. */
  idsIn(list: string): Iterable<string>;
}
