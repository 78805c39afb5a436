import type { ListEvidence } from '@batonkit/protocol';
import type { Expected, Paging } from './list-run.ts';
import { MemberSet } from './member-set.ts';

/** What is known of one list, over all passes. */
export interface KnownList {
  name: string;
  evidence: Omit<ListEvidence, 'distinct' | 'digest' | 'serverScoped'>;
  members: MemberSet;
  /** In the newest pass: it came in one response, whole. */
  isOneResponse: boolean;
  /** In the newest pass: several pages and no count to check them by. */
  isUncounted: boolean;
  /** What other lists at its path are known to be like. */
  paging: Paging;
  /** How it was paged when it was read last; of lists of members by member, else under ''. */
  expected: Map<string, Expected>;
  /** Members that the newest pass has and the one before had not, as long as they are few. */
  added: string[];
}

/** Of more differing members than this nobody wants the names. */
const mostAdded = 10_000;

/** More lists of members than this are read without knowing how the last reading of each was. */
const mostExpected = 10_000;

/** Remembers a reading of a list for the next one. */
export function expect(list: KnownList, member: string, expected: Expected | undefined): void {
  if (expected === undefined) list.expected.delete(member);
  else if (list.expected.size < mostExpected || list.expected.has(member)) list.expected.set(member, expected);
}

/** The lists of a plan by name, as far as they were begun. */
export class KnownLists {
  private readonly lists = new Map<string, KnownList>();

  /** Begins a pass of a list. */
  begin(name: string, path: string, forgetServed: boolean): KnownList {
    let list = this.lists.get(name);
    if (list === undefined) {
      const evidence = { name, path, count: null, pages: 0, passes: 0, retries: 0, vanished: 0, pageSize: 0 };
      list = {
        name,
        evidence,
        members: new MemberSet(),
        isOneResponse: false,
        isUncounted: false,
        paging: { isUnpaged: false },
        expected: new Map(),
        added: [],
      };
      this.lists.set(name, list);
    }
    list.members.begin(forgetServed);
    list.isOneResponse = false;
    list.isUncounted = false;
    list.added = [];
    return list;
  }

  of(name: string): KnownList {
    const list = this.lists.get(name);
    if (list === undefined) throw new RangeError(`The plan has no list ${name} yet.`);
    return list;
  }

  has(name: string): boolean {
    return this.lists.has(name);
  }

  all(): KnownList[] {
    return [...this.lists.values()];
  }

  /** Whether a member is new in this pass. */
  see(list: KnownList, member: string): boolean {
    const seen = list.members.add(member);
    if (seen === 'new' && list.added.length < mostAdded) list.added.push(member);
    return seen !== 'again';
  }
}
