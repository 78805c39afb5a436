import type { KnownList } from './known-list.ts';
import { MemberSet } from './member-set.ts';
import type { OpenPass, PassEnd, Rounds } from './open-pass.ts';
import type { MemberList } from './plan.ts';
import { readMember, readMembers, type MemberAnswer, type MemberRows } from './read-members.ts';

/** After so many readings of one member's list that all differ, it moves too fast. */
const mostReadings = 6;

/**
 * Reads a list of members' lists in one pass. In the first round everybody's is read. In the second,
 * too; whose differs is read again until two readings agree. Later, only that of members who are new:
 * the rest is taken from what was read.
 */
export async function readRound(pass: OpenPass, list: MemberList): Promise<PassEnd> {
  const { ground } = pass;
  let rounds = ground.rounds.get(list.name);
  if (rounds === undefined) {
    rounds = { done: 0, states: new MemberSet(), agreed: new MemberSet() };
    ground.rounds.set(list.name, rounds);
  }
  if (rounds.done === 0) {
    rounds.states = new MemberSet();
    rounds.agreed = new MemberSet();
    ground.spool.forget(heldOf(list));
  }
  if (pass.hasOut) ground.outlet.forget(list.name);
  const known = pass.begin(list.name, list.path);
  known.evidence.passes++;
  const round = new Round(pass, list, known, rounds);
  const end = rounds.done < 2 ? await round.readAll() : await round.readNew();
  if (end === 'done') rounds.done++;
  // What was once read, then was another, is not true because it comes again: from the beginning.
  else if (rounds.done < 2) rounds.done = 0;
  return end;
}

class Round {
  private readonly pass: OpenPass;
  private readonly list: MemberList;
  private readonly known: KnownList;
  private readonly rounds: Rounds;

  constructor(pass: OpenPass, list: MemberList, known: KnownList, rounds: Rounds) {
    this.pass = pass;
    this.list = list;
    this.known = known;
    this.rounds = rounds;
  }

  async readAll(): Promise<PassEnd> {
    const { pass, list, known, rounds } = this;
    const of = pass.ground.lists.of(list.of);
    const total = of.members.size;
    const isFirst = rounds.done === 0;
    let read = 0;
    for await (const [member, answer] of this.readMembers(pass.idsIn(list.of))) {
      read++;
      if (read % 50 === 0 || read === total) pass.report(list.name, read, total, known.evidence.pages, read === total);
      if (answer === 'moved') return pass.void(list.name);
      if (answer === 'vanished') {
        pass.vanish(of, known, member);
        continue;
      }
      const items = list.take(member, answer.rows, pass.out());
      if ('doubt' in items) return pass.void(list.name, items.doubt);
      const state = stateOf(member, items);
      if (isFirst) {
        rounds.states.add(state);
        this.hold(member, answer);
        this.accept(member, items);
        continue;
      }
      if (rounds.states.has(state)) {
        rounds.agreed.add(member);
        this.accept(member, items);
        continue;
      }
      pass.out()?.empty();
      const end = await this.readAgain(of, member, state);
      if (end !== 'done') return end;
    }
    return 'done';
  }

  async readNew(): Promise<PassEnd> {
    const { pass, list, known, rounds } = this;
    const { lists, spool } = pass.ground;
    const of = lists.of(list.of);
    pass.isSettled = true;
    const carried = new MemberSet();
    for (const { id: member, record } of spool.records(heldOf(list))) {
      if (member === undefined || !of.members.has(member) || !rounds.agreed.has(member)) continue;
      const items = list.take(member, record as unknown[], pass.out());
      if ('doubt' in items) return pass.void(list.name, items.doubt);
      carried.add(member);
      this.accept(member, items);
    }
    for (const member of pass.idsIn(list.of)) {
      if (carried.has(member)) continue;
      const end = await this.readAgain(of, member, undefined);
      if (end !== 'done') return end;
    }
    const { size } = of.members;
    pass.report(list.name, size, size, known.evidence.pages, true);
    return 'done';
  }

  /** Until two readings agree. */
  private async readAgain(of: KnownList, member: string, first: string | undefined): Promise<PassEnd> {
    const { pass, list, known, rounds } = this;
    pass.isSettled = true;
    let before = first;
    for (let n = 0; n < mostReadings; n++) {
      const answer = await this.readOne(member);
      if (answer === 'moved') break;
      if (answer === 'vanished') {
        pass.vanish(of, known, member);
        return 'done';
      }
      const items = list.take(member, answer.rows, undefined);
      if ('doubt' in items) return pass.void(list.name, items.doubt);
      const state = stateOf(member, items);
      if (state !== before) {
        before = state;
        continue;
      }
      rounds.states.add(state);
      rounds.agreed.add(member);
      return this.replace(member, answer);
    }
    return pass.void(list.name);
  }

  private replace(member: string, answer: MemberRows): PassEnd {
    const { pass, list } = this;
    const { outlet, spool } = pass.ground;
    spool.replace({ of: list.name, id: member });
    this.hold(member, answer);
    const basket = outlet.basket();
    const items = list.take(member, answer.rows, basket);
    if ('doubt' in items) return pass.void(list.name, items.doubt);
    for (const item of items) pass.see(this.known, item);
    outlet.accept(this.known, member, basket, { of: list.name, id: member });
    return 'done';
  }

  private accept(member: string, items: readonly string[]): void {
    const { pass, list, known } = this;
    for (const item of items) pass.see(known, item);
    const out = pass.out();
    if (out !== undefined) pass.ground.outlet.accept(known, member, out, { of: list.name, id: member });
  }

  /** Keeps a member's rows: a third pass does not read them again. */
  private hold(member: string, { rows }: MemberRows): void {
    this.pass.ground.spool.append(heldOf(this.list), heldOf(this.list), rows, { of: this.list.name, id: member });
  }

  private async *readMembers(members: Iterable<string>): AsyncGenerator<[string, MemberAnswer]> {
    const { pass, list, known } = this;
    for await (const [member, answer] of readMembers(list, members, known.paging, pass.options(list.name))) {
      this.account(answer);
      yield [member, answer];
    }
  }

  private async readOne(member: string): Promise<MemberAnswer> {
    const { pass, list, known } = this;
    const answer = await readMember(list, member, known.paging, pass.options(list.name));
    this.account(answer);
    return answer;
  }

  private account(answer: MemberAnswer): void {
    const { pass, known } = this;
    if (answer === 'moved' || answer === 'vanished') return;
    pass.account(known, answer.run, false);
    known.isUncounted ||= answer.run.count === null && answer.run.filled > 1;
  }
}

const heldOf = ({ name }: MemberList): string => `held:${name}`;

function stateOf(member: string, items: readonly string[]): string {
  return JSON.stringify([member, ...[...items].sort()]);
}
