import type { BatonError, Clock } from '@batonkit/kernel';
import type { Evidence } from '@batonkit/protocol';
import { fail } from '../errors.ts';
import type { Observe } from '../events.ts';
import { explainReading } from './explain-reading.ts';
import { Passes } from './passes.ts';
import type { Plan, ReadingProblem } from './plan.ts';
import type { ServedIds } from './outlet.ts';
import { Spool } from './spool.ts';

export interface ProveOptions {
  /** A directory of this run's own; the spool files in it are deleted. */
  spoolDir: string;
  clock: Clock;
  observe: Observe;
  signal: AbortSignal;
  /** Requests that the reading may have in flight. */
  lanes?: number;
  /** 1 reads everything once and compares nothing, which the evidence says. By default 2 that must agree. */
  passes?: 1 | 2;
  /** The spool files lose their names at once. */
  unnamed?: boolean;
}

/** Everything that a source held at one moment, proven and ready to be served. */
export interface Reading extends Disposable {
  spool: Spool;
  evidence: Evidence;
  /** The ids of the resources, by type. */
  resources: ReadonlyMap<string, ServedIds>;
  /** Ends it like disposing of it does, and leaves its rows on the disk. */
  leave(): void;
}

/**
 * Reads all lists and proves that they are a photograph: what the source held at one moment, which the
 * evidence names. Rows stay on the disk until then.
 *
 * @param plans tried in order; the next one only when one says that it is the wrong one
 * @throws BatonError when that cannot be proven; no row is left behind
 */
export async function prove(plans: readonly Plan[], options: ProveOptions): Promise<Reading> {
  for (const [index, plan] of plans.entries()) {
    const spool = new Spool(options.spoolDir, `plan-${index + 1}`, undefined, options.unnamed);
    try {
      const explain = (problem: ReadingProblem): BatonError => plan.explain?.(problem) ?? explainReading(problem);
      const { lanes = 4, passes: wanted = 2 } = options;
      const passes = new Passes(plan, spool, { ...options, lanes, passes: wanted, fail: explain });
      const evidence = await passes.run();
      if (evidence !== 'wrong-plan') {
        spool.seal();
        return {
          spool,
          evidence,
          resources: passes.resources,
          leave: () => spool.leave(),
          [Symbol.dispose]: () => spool[Symbol.dispose](),
        };
      }
    } catch (error) {
      spool[Symbol.dispose]();
      throw error;
    }
    spool[Symbol.dispose]();
  }
  throw fail('BK-READ-PLAN', {});
}
