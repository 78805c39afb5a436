import { setTimeout as pause } from 'node:timers/promises';

import { isOn, type Exchange } from './exchange.ts';

/** A request still to come that will be held. */
interface Pending {
  /** The hold takes the request that brings this to 0. */
  left: number;
  readonly path: string | undefined;
}

interface Held {
  readonly exchange: Exchange;
  readonly since: string;
  readonly release: () => void;
}

/** Requests that wait, unanswered, until somebody lets them go. */
export class Holds {
  #pending: Pending[] = [];
  readonly #held = new Map<number, Held>();
  #arrivals = new Set<() => void>();

  /** Holds the n-th request from now, of those on `path` if one is named (a template such as `/users`). */
  add(n: number, path: string | undefined): void {
    this.#pending.push({ left: n, path });
  }

  get size(): number {
    return this.#held.size;
  }

  pending(): { n: number; path: string | null }[] {
    return this.#pending.map(({ left, path }) => ({ n: left, path: path ?? null }));
  }

  held(): { n: number; method: string; path: string; search: string; since: string }[] {
    return [...this.#held.values()].map(({ exchange, since }) => ({
      n: exchange.n,
      method: exchange.method,
      path: exchange.path,
      search: exchange.search,
      since,
    }));
  }

  /** Waits if a hold falls on this request; a client that goes away ends the wait. */
  async pass(exchange: Exchange, now: () => Date, gone: AbortSignal): Promise<void> {
    let isHeld = false;
    this.#pending = this.#pending.filter((pending) => {
      if (!isOn(pending.path, exchange)) return true;
      pending.left--;
      if (pending.left <= 0) isHeld = true;
      return pending.left > 0;
    });
    if (!isHeld || gone.aborted) return;
    await new Promise<void>((resolve) => {
      const release = (): void => {
        this.#held.delete(exchange.n);
        gone.removeEventListener('abort', release);
        resolve();
      };
      gone.addEventListener('abort', release);
      this.#held.set(exchange.n, { exchange, since: now().toISOString(), release });
      for (const arrived of this.#arrivals) arrived();
    });
  }

  /** Lets one held request go, or all of them. Answers how many went. */
  release(n?: number): number {
    const going = n === undefined ? [...this.#held.values()] : [this.#held.get(n)].filter((held) => held !== undefined);
    for (const held of going) held.release();
    return going.length;
  }

  /** Forgets the holds that have not taken a request yet. */
  forget(): void {
    this.#pending = [];
  }

  /** Waits until at least one request is held, or for `milliseconds`. */
  async untilHeld(milliseconds: number, gone: AbortSignal): Promise<void> {
    if (this.#held.size > 0) return;
    const stop = new AbortController();
    await new Promise<void>((resolve) => {
      const arrived = (): void => {
        this.#arrivals.delete(arrived);
        stop.abort();
        resolve();
      };
      this.#arrivals.add(arrived);
      gone.addEventListener('abort', arrived, { signal: stop.signal });
      pause(milliseconds, undefined, { signal: stop.signal }).then(arrived, () => {});
    });
  }
}
