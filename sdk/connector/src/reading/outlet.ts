import type { KnownList, KnownLists } from './known-list.ts';
import { MemberSet } from './member-set.ts';
import type { Out } from './plan.ts';
import { groupOf, type Spool, type Tag } from './spool.ts';

type Put = { kind: 'resource' | 'entitlement' | 'grant'; type: string; id: string; record: unknown };

/** The ids of the resources of a type. */
export interface ServedIds {
  has(id: string): boolean;
}

/**
 * What a plan puts out goes first into a basket and, when its row is accepted, to the spool. Also knows
 * which resources there are: most by a mark in the list that they come from.
 */
export class Outlet {
  readonly resources = new Map<string, ServedIds>();
  private readonly spool: Spool;
  private readonly lists: KnownLists;
  private readonly sources = new Map<string, Set<KnownList>>();
  /** Resources with other ids than the rows they come from, by list and type. */
  private readonly own = new Map<string, MemberSet>();

  constructor(spool: Spool, lists: KnownLists) {
    this.spool = spool;
    this.lists = lists;
  }

  /** Takes out what a list has put out before. */
  forget(list: string): void {
    this.spool.forget(list);
    for (const key of this.own.keys()) if (key.startsWith(`${list}\n`)) this.own.delete(key);
  }

  hasResourcesOf(list: string): boolean {
    return [...this.sources.values()].some((lists) => [...lists].some(({ name }) => name === list));
  }

  basket(): Basket {
    return new Basket(this.lists);
  }

  /** Writes what is in a basket. @param row the member of the list that it comes from */
  accept(list: KnownList, row: string, basket: Basket, tag: Tag | undefined): void {
    for (const { kind, type, id, record } of basket.empty()) {
      if (kind === 'resource') {
        this.serve(list, row, type, id);
        this.spool.append(list.name, groupOf.resources(type), record, { of: list.name, id });
      } else if (kind === 'entitlement') this.spool.append(list.name, groupOf.entitlements(type, id), record, tag);
      else this.spool.append(list.name, groupOf.grants(type, id), record, tag);
    }
  }

  private serve(list: KnownList, row: string, type: string, id: string): void {
    let sources = this.sources.get(type);
    if (sources === undefined) {
      const lists = new Set<KnownList>();
      this.sources.set(type, (sources = lists));
      const has = (id: string): boolean =>
        [...lists].some(
          ({ name, members }) => members.isServed(id) || this.own.get(`${name}\n${type}`)?.has(id) === true,
        );
      this.resources.set(type, { has });
    }
    sources.add(list);
    if (id === row) return list.members.serve(id);
    const key = `${list.name}\n${type}`;
    let own = this.own.get(key);
    if (own === undefined) this.own.set(key, (own = new MemberSet()));
    own.add(id);
  }
}

/** What was put out for rows that are not accepted yet. */
export class Basket implements Out {
  private puts: Put[] = [];
  private readonly lists: KnownLists;

  constructor(lists: KnownLists) {
    this.lists = lists;
  }

  resource(type: string, id: string, record: unknown): void {
    this.puts.push({ kind: 'resource', type, id, record });
  }

  entitlement(type: string, id: string, record: unknown): void {
    this.puts.push({ kind: 'entitlement', type, id, record });
  }

  grant(type: string, id: string, record: unknown): void {
    this.puts.push({ kind: 'grant', type, id, record });
  }

  has(list: string, member: string): boolean {
    return this.lists.has(list) && this.lists.of(list).members.has(member);
  }

  empty(): Put[] {
    const { puts } = this;
    this.puts = [];
    return puts;
  }
}
