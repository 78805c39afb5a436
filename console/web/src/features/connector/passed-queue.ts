import type { PassedState } from '@batonkit/console-contract';

/** So long each state stays, that an eye can catch it. */
export const SHOWN_FOR = 400;

type Later = (work: () => void, after: number) => unknown;

/**
 * Plays the states that a run has passed, in order, each for at least 400 ms from when it stood on the screen. What
 * had been passed when it began is not played again.
 */
export class PassedQueue {
  readonly #later: Later;
  readonly #seen: Set<string>;
  readonly #waiting: PassedState[] = [];
  readonly #listeners = new Set<() => void>();
  #timed: PassedState | undefined;

  constructor(passed: readonly PassedState[], later: Later) {
    this.#later = later;
    this.#seen = new Set(passed.map(keyOf));
  }

  /** The state to be shown; undefined: nothing is left to play, so it is the present one. */
  get shown(): PassedState | undefined {
    return this.#waiting[0];
  }

  /** Whether a state stands last, so that the present one may take its place if it is the same. */
  get isLast(): boolean {
    return this.#waiting.length < 2;
  }

  /** Takes the newest answer; what is new in it is played after what is being played. */
  take(passed: readonly PassedState[]): void {
    const fresh = passed.filter((each) => !this.#seen.has(keyOf(each)));
    if (fresh.length === 0) return;
    for (const each of fresh) this.#seen.add(keyOf(each));
    this.#waiting.push(...fresh);
    this.#tell();
  }

  /** A state stands on the screen: its time begins now, not when it was put in line, as drawing may be late. */
  drawn(state: PassedState | undefined): void {
    if (state === undefined || state !== this.shown || state === this.#timed) return;
    this.#timed = state;
    this.#later(() => {
      this.#waiting.shift();
      this.#tell();
    }, SHOWN_FOR);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const keyOf = ({ name, at }: PassedState): string => `${name} ${at}`;
