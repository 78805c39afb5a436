import { isOn, type Exchange } from '../exchange.ts';
import { randomFrom } from '../random.ts';
import type { Faults, Striking } from '../simulation.ts';
import { drawFaults } from './draw-faults.ts';
import { faultKinds } from './index.ts';

/** A request that a fault fell on. */
export interface Hit {
  /** The number of the request since the plan was set (of those on its path). */
  readonly n: number;
  /** The number of the request in the request log. */
  readonly request: number;
  readonly at: string;
  readonly path: string;
}

interface Planned {
  readonly spec: string;
  readonly name: string;
  readonly from: number;
  left: number;
  readonly path: string | undefined;
  readonly striking: Striking;
  seen: number;
  readonly fired: Hit[];
}

const grammar = /^([a-z-]+)@(\d{1,7})(?:x(\d{1,7}|\*))?(?::([^/:][^/:]*))?(?::(\/.*))?$/;

/** Faults that wait for their requests. Counting starts when the plan is set. */
export class FaultPlan implements Faults {
  readonly seed: number | undefined;
  readonly #planned: Planned[];
  #requests = 0;

  private constructor(specs: readonly string[], tenantSeed: number, drawnFrom: number | undefined) {
    this.seed = drawnFrom;
    // What a fault chooses depends on its words and the tenant alone: a plan can be replayed, or cut down, by its words.
    this.#planned = specs.map((spec, n) => {
      const again = specs.slice(0, n).filter((before) => before === spec).length;
      return plannedOf(spec, `${tenantSeed} ${spec} ${again}`);
    });
  }

  /** @throws RangeError with a sentence if one of them is not understood. */
  static of(specs: readonly string[], tenantSeed: number): FaultPlan {
    return new FaultPlan(specs, tenantSeed, undefined);
  }

  /** Draws three to six faults from a seed, within the first `span` requests, and adds those that were named. */
  static drawn(seed: number, tenantSeed: number, also: readonly string[] = [], span = 24): FaultPlan {
    return new FaultPlan([...drawFaults(randomFrom(`faults ${seed}`), span), ...also], tenantSeed, seed);
  }

  get specs(): string[] {
    return this.#planned.map(({ spec }) => spec);
  }

  /** Counts a request and answers the faults that fall on it. */
  arrive(exchange: Exchange): readonly Striking[] {
    this.#requests++;
    const strikes: Striking[] = [];
    for (const planned of this.#planned) {
      if (!isOn(planned.path, exchange)) continue;
      planned.seen++;
      if (planned.seen < planned.from || planned.left === 0) continue;
      if (planned.striking.fits?.(exchange) === false) continue;
      planned.left--;
      planned.fired.push({ n: planned.seen, request: exchange.n, at: exchange.at.toISOString(), path: exchange.path });
      strikes.push(planned.striking);
    }
    return strikes;
  }

  report(): unknown {
    return {
      seed: this.seed ?? null,
      requests: this.#requests,
      faults: this.#planned.map(({ spec, name, fired }) => ({ spec, name, fired })),
    };
  }
}

function plannedOf(spec: string, seed: string): Planned {
  const found = grammar.exec(spec);
  const kind = faultKinds.find((kind) => kind.name === (found?.[1] ?? spec.split('@')[0]));
  if (!kind) {
    const known = faultKinds.map((kind) => kind.name).join(', ');
    throw new RangeError(`There is no fault ${spec.split('@')[0]}. Known: ${known}.`);
  }
  const form = `${kind.name}@n[xK]${kind.form}[:/PATH]`;
  if (!found || Number(found[2]) < 1) throw new RangeError(`${spec} is not understood. Its form is ${form}.`);
  try {
    return {
      spec,
      name: kind.name,
      from: Number(found[2]),
      left: found[3] === '*' ? Number.POSITIVE_INFINITY : Number(found[3] ?? 1),
      path: found[5],
      striking: kind.make(found[4], randomFrom(seed)),
      seen: 0,
      fired: [],
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${spec} is not understood: ${error.message} Its form is ${form}.`, { cause: error });
  }
}
