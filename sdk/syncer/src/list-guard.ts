import { hash } from 'node:crypto';
import { fail } from './errors.ts';

/**
 * Notices a list without end: a token that was handed out before, or a page that came before. Pages of one list have
 * no row in common, so one that begins like another is never a true answer.
 */
export class ListGuard {
  private readonly call: string;
  private readonly tokens: Set<string>;
  private readonly starts: Set<string>;

  constructor(call: string, tokens = new Set<string>(), starts = new Set<string>()) {
    this.call = call;
    this.tokens = tokens;
    this.starts = starts;
  }

  /** For a further chain of pages of the same list. */
  sibling(): ListGuard {
    return new ListGuard(this.call, this.tokens, this.starts);
  }

  /** @throws BatonError `BK-SYNC-STUCK` (exit 13) */
  token(token: string): void {
    this.see(this.tokens, token, 'it handed out a page token twice');
  }

  /** @param first the id of the page's first row, if it has one; @throws BatonError `BK-SYNC-STUCK` (exit 13) */
  page(first: string | undefined): void {
    if (first !== undefined) this.see(this.starts, first, 'it answered a page twice');
  }

  private see(seen: Set<string>, text: string, what: string): void {
    // A token may have a mebibyte; its hash does not.
    const key = text.length <= 64 ? text : hash('sha256', text, 'base64');
    if (seen.has(key)) throw fail('BK-SYNC-STUCK', { call: this.call, what });
    seen.add(key);
  }
}
