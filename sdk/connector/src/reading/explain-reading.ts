import type { BatonError } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import type { ReadingProblem } from './plan.ts';

/** The default words for what the reading finds wrong; a connector may have its own. */
export function explainReading(problem: ReadingProblem): BatonError {
  switch (problem.kind) {
    case 'drift':
      return fail('BK-READ-DRIFT', { what: differencesInWords(problem.differences) });
    case 'count':
      return fail('BK-READ-COUNT', problem);
    case 'repeat':
      return fail('BK-READ-REPEAT', problem);
    case 'too-many':
      return fail('BK-READ-TOO-MANY', problem);
    case 'orphans':
      return fail('BK-READ-ORPHANS', problem);
    default:
      throw new RangeError('unknown problem');
  }
}

/** `3 users, 1 assignments`. */
export function differencesInWords(differences: readonly { list: string; members: number }[]): string {
  return differences.map(({ list, members }) => `${members} of the ${list}`).join(', ');
}
