import { createHash } from 'node:crypto';
import { fail } from './errors.ts';

/** The tokens that one list has handed out. A token seen before means a list without end. */
export class SeenTokens {
  private readonly seen = new Set<string>();
  private readonly call: string;

  constructor(call: string) {
    this.call = call;
  }

  /** @throws BatonError `BK-SYNC-STUCK` (exit 13) */
  add(token: string): void {
    // A token may have a mebibyte; its hash does not.
    const key = token.length <= 64 ? token : createHash('sha256').update(token).digest('base64');
    if (this.seen.has(key)) throw fail('BK-SYNC-STUCK', { call: this.call });
    this.seen.add(key);
  }
}
