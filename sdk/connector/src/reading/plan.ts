import type { BatonError } from '@batonkit/kernel';

/** One way to read everything that a source holds. A plan is used for one reading: it may keep what it saw. */
export interface Plan {
  /** Stands in the certificate, such as `embedded`. */
  name: string;
  /** Read in this order, in each pass. */
  lists: readonly (PagedList | MemberList | PagedMemberList)[];
  /**
   * Names the last list if one response of it, with what its rows carry, is one moment. If it and the
   * lists before it fit in a page each, those before are read once more, and that proves the rest.
   */
  photograph?: string;
  /** Page size to try first, by default 1000. */
  pageSize?: number;
  /**
   * Called before each pass whose rows may be served: forget what `take` counted and indexed before. Needed for a third
   * pass; without it two passes that differ end the reading.
   */
  restart?(): void;
  /**
   * Judges a pass whose rows may be served as a whole; throws what must end the reading. What it asks the source lies in
   * the moment that the next pass proves.
   */
  check?(read: FirstPass, signal: AbortSignal): void | Promise<void>;
  /**
   * The members of lists read before that a member of this list cannot be without, by list: `{ users: '…' }` for an
   * assignment. Name only what `take` does not look up by itself. A member whose user is not in the list is an orphan:
   * that user is read by `settle`; gone = the member is dropped and counted as vanished, there = one more pass. Also
   * says whose own read settles a member that two passes disagree about.
   */
  refersTo?(list: string, member: string): Readonly<Record<string, string>>;
  /**
   * One member's own read (`/users/{id}`, and where its list carries or is followed by assignments, their list): puts
   * it out as its list's `take` would when `out` is there, and answers what stands on it, by list. `gone`: the source
   * knows no such member. Used for orphans, and for the last few members that passes differ in.
   */
  settle?(list: string, id: string, signal: AbortSignal, out?: Out): Promise<'gone' | Settled>;
  /** The connector's part of the evidence, asked for at the end. */
  facts(): PlanFacts;
  /**
   * Requests that a whole reading by this plan takes, all passes, for that many members in each list (by list name)
   * and rows in a page: shown before the run.
   */
  estimate?(totals: Readonly<Record<string, number>>, pageSize: number, passes: number): number;
  /** Says in the connector's words what went wrong; without it, or without an answer, the texts are `BK-READ-…`. */
  explain?(problem: ReadingProblem): BatonError | undefined;
}

export interface Settled {
  carries?: Readonly<Record<string, readonly string[]>>;
}

/** A judgement about the form of a source that a named person overruled. */
export interface ReadingException {
  /** Of the connector's table, such as `unknown-role=placeholder`. */
  name: string;
  reason: string;
  by: string;
  /** RFC 3339 in UTC with milliseconds. */
  at: string;
}

export interface FirstPass {
  has: (list: string, id: string) => boolean;
  /** How many different members a list has. */
  size: (list: string) => number;
}

export interface PlanFacts {
  /** Which key of a role is its id. */
  roleId: string;
  /** Whose key reads; both as the source says. */
  owner: { id: string; roles: string[] };
  /** Where it was read, without a path. */
  origin: string;
  /** Counted warnings. */
  notes: Record<string, number>;
  /** Rows put aside, by list. */
  serverScoped?: Record<string, number>;
  /** Resources put out that no list has, by the list that they are counted with: by an exception, a role that somebody holds. */
  added?: Readonly<Record<string, number>>;
  /** Makes the verdict `complete with exceptions` when there is one. */
  exceptions?: readonly ReadingException[];
  /** Resource types, when fewer than the connector's were asked for: makes the verdict `narrowed`. */
  onlyTypes?: readonly string[];
}

/** A list of the source that is read page by page. */
export interface PagedList {
  kind: 'paged';
  name: string;
  /** Template without values, for certificate and messages. */
  path: string;
  /** Lists whose members stand on the rows of this one. */
  carries?: readonly string[];
  /**
   * Its rows say nothing beyond what they carry (flat assignments): they need not be settled one by one. By default
   * true of a list that carries members and puts out no resource.
   */
  isRows?: boolean;
  page: FetchPage;
  /** So many rows a look at the list gave, whole and with their count, before the reading: saves waiting, proves nothing. */
  seenWhole?: number;
  /**
   * The row's id. A flat list of assignments has rows under one name (`assignment-rows`: id of the row, or all that
   * makes it one, source too) and carries the pairs under another (`assignments`: role id, line feed, user id): the
   * count is one of rows, and two rows of one pair are one member. @throws BatonError when it has none
   */
  id(row: unknown): string;
  /**
   * Takes a row that was not seen in this pass. `out` is there in passes whose rows may be served: the first, and all
   * after two that differed.
   */
  take(row: unknown, out: Out | undefined): Taken;
}

/** Small lists, one for each member of another list (the roles of each user). */
export interface MemberList {
  kind: 'per-member';
  name: string;
  path: string;
  /** The list whose members are asked one by one. */
  of: string;
  /** They are put out as resources of this type, under the same ids. */
  resourceType: string;
  /** A page of one member's list; `absent` when the source knows no such member. */
  page: (member: string, request: PageRequest) => Promise<PageAnswer>;
  /** After a 404: whether the member itself is gone. */
  isGone: (member: string, signal: AbortSignal) => Promise<boolean>;
  /** All rows of one member; answers the list's members that they make, or a doubt (see `Taken`). */
  take(member: string, rows: readonly unknown[], out: Out | undefined): readonly string[] | { doubt: BatonError };
}

/** Long lists, one for each member of another list (the users of each role): read and taken page by page. */
export interface PagedMemberList {
  kind: 'paged-per-member';
  name: string;
  path: string;
  of: string;
  resourceType: string;
  /** Lists whose members stand on the rows: `assignments`, whose member is the pair. */
  carries?: readonly string[];
  /** As on `PagedList`. */
  isRows?: boolean;
  page: (member: string, request: PageRequest) => Promise<PageAnswer>;
  isGone: (member: string, signal: AbortSignal) => Promise<boolean>;
  /** The row's id, different for each row of all members' lists: role id, line feed, row's own id (and its source). */
  id(member: string, row: unknown): string;
  take(member: string, row: unknown, out: Out | undefined): Taken;
}

/** `wrong-plan`: the row shows that this plan cannot read the source; nothing was wrong with the row. */
export type Taken =
  | {
      carries?: Readonly<Record<string, readonly string[]>>;
      /** The row belongs to the list and is proven, but is not among what is served. */
      isAside?: boolean;
      /**
       * The row does not fit what was read before it (a role that the list of roles did not have): the source may
       * have moved in between. This pass proves nothing; if the next ends in the same doubt, this is thrown.
       */
      doubt?: BatonError;
    }
  | 'wrong-plan';

/** Where rows go that shall be served once everything is proven. Records are JSON; `Presenter` gets them back. */
export interface Out {
  resource(resourceType: string, id: string, record: unknown): void;
  /** Of a resource; of a whole type, with the id '', where the resource type says `TypeScopedEntitlements`. */
  entitlement(resourceType: string, id: string, record: unknown): void;
  /** Of a resource; of a whole type, with the id '', where the resource type says `TypeScopedGrants`. */
  grant(resourceType: string, id: string, record: unknown): void;
  /** Whether this pass already has that member: a second row of one pair adds to the first and is no second grant. */
  has(list: string, member: string): boolean;
}

export interface PageRequest {
  /** Rows received so far. */
  skip: number;
  /** What the page before gave as `next`; absent on the first page and on lists without cursors. */
  cursor?: string;
  /** Rows asked for; undefined leaves it to the server. */
  limit: number | undefined;
  /** Words of other ways of paging, asked beside the others: who answers the same to them does not know them. */
  words?: Readonly<Record<string, number>>;
  /** The limit for the next try after a fault of the server: smaller pages are easier to answer. */
  retryLimit(attempt: number): number | undefined;
  signal: AbortSignal;
}

export type FetchPage = (request: PageRequest) => Promise<PageAnswer>;

export type PageAnswer =
  | {
      kind: 'page';
      rows: readonly unknown[];
      /** How many rows the list has, as the server says; null when it does not. */
      count: number | null;
      /** The server says itself that rows follow: then a count that is reached does not end the list. */
      isMore?: boolean;
      /** What may be the size of the whole list, where there is no `count`: one that changes shows that the list moved. */
      total?: number;
      /** The cursor of the next page; null: the source says that this was the last. Absent where it has no cursors. */
      next?: string | null;
      /** The limit that was asked for in the try that succeeded. */
      limit: number | undefined;
      /** Milliseconds since the Unix epoch. */
      sentAt: number;
      receivedAt: number;
      retries: number;
    }
  /** The server does not grant this page size, or does not take the words. */
  | { kind: 'too-large'; error: BatonError }
  /** There is no such item (404). */
  | { kind: 'absent'; error: BatonError };

/** What the reading core can find wrong. Numbers and list names only. */
export type ReadingProblem =
  | { kind: 'drift'; differences: { list: string; members: number }[] }
  | { kind: 'count'; list: string; path: string; count: number; distinct: number }
  | { kind: 'repeat'; list: string; path: string; page: number }
  | { kind: 'too-many'; list: string; path: string; limit: number }
  /** `of` has no such members, but each is found by itself, in every pass. */
  | { kind: 'orphans'; list: string; of: string; members: number };
