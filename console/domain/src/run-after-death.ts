import type { ErrorReport } from '@batonkit/kernel';
import { fail } from './errors.ts';

/** So many attempts of a run may end without a result. */
export const MAX_ATTEMPTS = 3;

/**
 * What becomes of a run whose worker or child ended without a result: it is tried again at once, and after the
 * third dead attempt it ends in Error.
 *
 * @param attempts how many attempts of the run have died
 */
export function nextRunAfterDeath(attempts: number): { retry: true } | { retry: false; error: ErrorReport } {
  if (attempts < MAX_ATTEMPTS) return { retry: true };
  return { retry: false, error: fail('BK-RUN-DIED', { attempts }).report };
}
