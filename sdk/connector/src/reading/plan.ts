import type { BatonError } from '@batonkit/kernel';

/** One way to read everything that a source holds. A plan is used for one reading: it may keep what it saw. */
export interface Plan {
  /** Stands in the certificate, such as `embedded`. */
  name: string;
  /** Read in this order, in each pass. */
  lists: readonly (PagedList | MemberList)[];
  /**
   * Names the last list if one response of it, with what its rows carry, is one moment. If it and the
   * lists before it fit in a page each, those before are read once more, and that proves the rest.
   */
  photograph?: string;
  /** Page size to try first, by default 1000. */
  pageSize?: number;
  /** Judges the first pass as a whole; throws what must end the reading. */
  check?(read: FirstPass): void;
  /** The connector's part of the evidence, asked for at the end. */
  facts(): PlanFacts;
  /** Says in the connector's words what went wrong; without it the texts are `BK-READ-…`. */
  explain?(problem: ReadingProblem): BatonError;
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
}

/** A list of the source that is read page by page. */
export interface PagedList {
  kind: 'paged';
  name: string;
  /** Template without values, for certificate and messages. */
  path: string;
  /** Lists whose members stand on the rows of this one. */
  carries?: readonly string[];
  page: FetchPage;
  /** The row's id. @throws BatonError when it has none */
  id(row: unknown): string;
  /** Takes a row that was not seen in this pass. `out` is there in the first pass only. */
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
  /** All rows of one member; answers the list's members that they make. */
  take(member: string, rows: readonly unknown[], out: Out | undefined): readonly string[];
}

/** `wrong-plan`: the row shows that this plan cannot read the source; nothing was wrong with the row. */
export type Taken =
  | {
      carries?: Readonly<Record<string, readonly string[]>>;
      /** The row belongs to the list and is proven, but is not among what is served. */
      isAside?: boolean;
    }
  | 'wrong-plan';

/** Where rows go that shall be served once everything is proven. Records are JSON; `Presenter` gets them back. */
export interface Out {
  resource(resourceType: string, id: string, record: unknown): void;
  entitlement(resourceType: string, id: string, record: unknown): void;
  grant(resourceType: string, id: string, record: unknown): void;
}

export interface PageRequest {
  /** Rows received so far. */
  skip: number;
  /** Rows asked for; undefined leaves it to the server. */
  limit: number | undefined;
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
      /** The limit that was asked for in the try that succeeded. */
      limit: number | undefined;
      /** Milliseconds since the Unix epoch. */
      sentAt: number;
      receivedAt: number;
      retries: number;
    }
  /** The server does not grant this page size. */
  | { kind: 'too-large'; error: BatonError }
  /** There is no such item (404). */
  | { kind: 'absent'; error: BatonError };

/** What the reading core can find wrong. Numbers and list names only. */
export type ReadingProblem =
  | { kind: 'drift'; differences: { list: string; members: number }[] }
  | { kind: 'count'; list: string; path: string; count: number; distinct: number }
  | { kind: 'repeat'; list: string; path: string; page: number }
  | { kind: 'too-many'; list: string; path: string; limit: number };
