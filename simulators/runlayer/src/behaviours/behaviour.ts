import type { Acting } from '../simulation.ts';

/** How a behaviour was asked for: `NAME[:NUMBER][:/PATH]`. */
export interface Asked {
  readonly number: number | undefined;
  readonly path: string | undefined;
}

/** One of the behaviours that there are. */
export interface Kind {
  readonly name: string;
  /** The form of its argument in `--help`: empty, `[:N]` … */
  readonly form: string;
  /** One line, present tense, for `--help` and the admin page. */
  readonly says: string;
  readonly act: (asked: Asked) => Acting;
}
