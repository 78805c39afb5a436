import type { Answer } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import type { Simulation } from '../simulation.ts';

/** How a behaviour was asked for: `NAME[:NUMBER][:/PATH]`. */
export interface Asked {
  readonly number: number | undefined;
  readonly path: string | undefined;
}

/** What a running behaviour does to requests. Each part is optional; several behaviours are applied in the order given. */
export interface Acting {
  /** Once, when it is switched on. */
  readonly start?: (simulation: Simulation) => void;
  /** Before the tenant is asked. */
  readonly wait?: (exchange: Exchange, gone: AbortSignal) => Promise<void>;
  /** The page size that the server really uses. */
  readonly limit?: (limit: number) => number;
  /** Changes the answer; may also change the tenant, before the answer leaves. */
  readonly change?: (answer: Answer, exchange: Exchange, simulation: Simulation) => Answer;
}

export interface Kind {
  readonly name: string;
  /** The form of its argument in `--help`: empty, `[:N]` … */
  readonly form: string;
  /** One line, present tense, for `--help` and the admin page. */
  readonly says: string;
  readonly act: (asked: Asked) => Acting;
}

/** A behaviour that runs, with the words it was asked for in. */
export interface Behaviour extends Acting {
  readonly spec: string;
}
