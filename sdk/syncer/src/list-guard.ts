import { hash } from 'node:crypto';
import { fail } from './errors.ts';

/**
 * Notices a list without end: a token that was handed out before, or a page that came before. Pages of one list have
 * no row in common, so an equal page is never a true answer.
 */
export class ListGuard {
  private readonly call: string;
  private readonly tokens: Set<string>;
  private first = '';
  private last = '';

  constructor(call: string, tokens = new Set<string>()) {
    this.call = call;
    this.tokens = tokens;
  }

  /** For a further chain of pages of the same list. */
  sibling(): ListGuard {
    return new ListGuard(this.call, this.tokens);
  }

  /** @throws BatonError `BK-SYNC-STUCK` (exit 13) */
  token(token: string): void {
    // A token may have a mebibyte; its hash does not.
    const key = token.length <= 64 ? token : hash('sha256', token, 'base64');
    if (this.tokens.has(key))
      throw fail('BK-SYNC-STUCK', { call: this.call, what: 'it handed out a page token twice' });
    this.tokens.add(key);
  }

  /** @throws BatonError `BK-SYNC-STUCK` (exit 13) */
  page(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const page = hash('sha256', JSON.stringify(ids), 'base64');
    if (page === this.first || page === this.last) {
      throw fail('BK-SYNC-STUCK', { call: this.call, what: 'it answered the same page twice' });
    }
    this.first ||= page;
    this.last = page;
  }
}
