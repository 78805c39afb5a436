import type { KnownList } from './known-list.ts';
import type { Outlet } from './outlet.ts';
import type { Ground } from './open-pass.ts';
import { textsIn, type Pass } from './pass.ts';
import type { PagedList, PagedMemberList } from './plan.ts';
import type { PageSizes } from './page-sizes.ts';
import type { Tag } from './spool.ts';

type Paged = PagedList | PagedMemberList;

/** Whose own reads settle what two passes differ in, or undefined when they cannot. */
type Subjects = Map<string, Tag>;

/**
 * Settles the few members in which the last two passes differ by their own reads. The newer pass must
 * have every count right, and at the end the counts must be those of the settled lists: that nobody is
 * missing whom both passes lost.
 *
 * @returns when the last of these reads was answered, ms; `unfit` when the passes differ in too much, or
 *   in what has no own read; `failed` when it was tried: then no pass can follow
 */
export async function settleDifferences(
  newer: Pass,
  older: Pass,
  sizes: (list: string) => PageSizes,
): Promise<number | 'unfit' | 'failed'> {
  const { ground } = newer;
  const { plan, lists, spool, outlet, signal, clock } = ground;
  if (plan.settle === undefined || !newer.isPure || !newer.hasOut) return 'unfit';
  const subjects = findSubjects(ground, older);
  if (subjects === undefined) return 'unfit';
  const held = membersOf(ground, newer, subjects);
  for (const [key, subject] of subjects) {
    const basket = outlet.basket();
    const state = await plan.settle(subject.of, subject.id, signal, basket);
    for (const [list, member] of held.get(key) ?? []) list.members.drop(member);
    const list = lists.of(subject.of);
    list.members.drop(subject.id);
    spool.replace(subject);
    for (const { kind, of, name } of plan.lists.filter((each) => each.kind === 'per-member'))
      if (kind === 'per-member' && of === subject.of) spool.replace({ of: name, id: subject.id });
    if (state === 'gone') {
      list.evidence.vanished++;
      continue;
    }
    list.members.add(subject.id);
    for (const [name, members] of Object.entries(state.carries ?? {}))
      for (const member of members) lists.of(name).members.add(member);
    outlet.accept(list, subject.id, basket, subject);
  }
  return (await areCountsRight(ground, sizes)) ? clock.now() : 'failed';
}

/** The lists whose members tell what was there; rows that only carry others do not. */
function comparedLists({ plan, lists, outlet }: Ground): KnownList[] {
  return plan.lists
    .filter((list): list is Paged => list.kind !== 'per-member')
    .flatMap((list) => [...(isRowList(list, outlet) ? [] : [list.name]), ...(list.carries ?? [])])
    .map((name) => lists.of(name));
}

/** It says so; or it carries members and puts out no resource. */
function isRowList({ name, isRows, carries = [] }: Paged, outlet: Outlet): boolean {
  return isRows === true || (carries.length > 0 && !outlet.hasResourcesOf(name));
}

function findSubjects(ground: Ground, older: Pass): Subjects | undefined {
  const { plan, spool } = ground;
  const compared = comparedLists(ground);
  const differing = compared.map((list) => {
    const texts = [...list.added];
    for (const { record } of spool.records(textsIn(older.n, list.name)))
      if (!list.members.has(record as string)) texts.push(record as string);
    return { list, texts };
  });
  const isFew = differing.every(
    ({ list: { members, added }, texts }) =>
      texts.length <= Math.max(20, members.size / 1000) && added.every((text) => members.has(text)),
  );
  if (!isFew) return undefined;
  const subjects: Subjects = new Map();
  const people = new Set<string>();
  for (const { list, texts } of differing) {
    for (const member of texts) {
      for (const [of, id] of Object.entries(plan.refersTo?.(list.name, member) ?? {})) {
        people.add(of);
        subjects.set(`${of}\n${id}`, { of, id });
      }
    }
  }
  for (const { of } of plan.lists.filter((list) => list.kind === 'per-member')) people.add(of);
  if (plan.photograph !== undefined) people.add(plan.photograph);
  for (const { list, texts } of differing) {
    for (const id of texts) {
      if (Object.keys(plan.refersTo?.(list.name, id) ?? {}).length > 0) continue;
      // What no list of people holds, such as a role, is not settled one by one.
      if (!people.has(list.name)) return undefined;
      subjects.set(`${list.name}\n${id}`, { of: list.name, id });
    }
  }
  return subjects;
}

/** All that the newer pass has of the subjects, by subject. */
function membersOf(ground: Ground, newer: Pass, subjects: Subjects): Map<string, [KnownList, string][]> {
  const { plan, lists, spool } = ground;
  const held = new Map<string, [KnownList, string][]>();
  for (const list of lists.all()) {
    for (const { record } of spool.records(textsIn(newer.n, list.name))) {
      const member = record as string;
      for (const [of, id] of Object.entries(plan.refersTo?.(list.name, member) ?? {})) {
        const key = `${of}\n${id}`;
        if (!subjects.has(key)) continue;
        const known = held.get(key);
        if (known === undefined) held.set(key, [[list, member]]);
        else known.push([list, member]);
      }
    }
  }
  return held;
}

async function areCountsRight(ground: Ground, sizes: (list: string) => PageSizes): Promise<boolean> {
  const { plan, lists, signal } = ground;
  for (const list of plan.lists) {
    if (list.kind === 'per-member') continue;
    const { members, evidence } = lists.of(list.name);
    // Where nobody counts, nobody knows whom both passes lost.
    if (evidence.count === null) return false;
    if (list.kind !== 'paged' || isRowList(list, ground.outlet)) continue;
    const limit = sizes(list.name).current;
    const page = await list.page({ skip: 0, limit, retryLimit: () => limit, signal });
    if (page.kind !== 'page' || page.count !== members.size) return false;
  }
  return true;
}
