import type { ErrorReport } from '@batonkit/kernel';
import type { RunOptions } from '../program.ts';
import { errorBlock } from '../progress/text.ts';
import { Screen } from '../screen.ts';

/**
 * Says on standard error, as plain text, why a command that has no log failed.
 *
 * @returns the exit code
 */
export function printFailure(error: ErrorReport, { stderr, env }: Pick<RunOptions, 'stderr' | 'env'>): number {
  const screen = new Screen(stderr, { live: false, colour: stderr.isTTY === true && !env['NO_COLOR'] });
  screen.print(errorBlock(error, screen));
  return error.status;
}
