import type { ErrorReport } from '@batonkit/kernel';
import { BatonError, isDiskFull, reportOf } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { framesOf } from '../logging/readable-fields.ts';

const reasons: Record<string, string> = {
  EACCES: 'This user may not write there.',
  EPERM: 'This user may not write there.',
  EROFS: 'The file system is read-only.',
  ENOENT: 'A folder of its path does not exist.',
  ENAMETOOLONG: 'Its name is too long for what has to lie beside it.',
  ENOTDIR: 'A part of its path is no folder.',
};

/** Turns whatever ended a run into what its user reads. Of the causes the debug log says kind and place. */
export function reportFailure(thrown: unknown, file: string, logger: Logger): ErrorReport {
  const causes = chainOf(thrown);
  logger.debug('what was thrown', { errors: causes.map((error) => ({ error, frames: framesOf(error) })) });
  const known = thrown instanceof BatonError && thrown.code !== 'BK-INTERNAL';
  if (known) return thrown.report;
  // What the system said may lie below an error that was made of it on its way through the service.
  for (const cause of causes) {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    if (isDiskFull(cause)) return fail('BK-DISK', { path: file }).report;
    const reason = 'path' in cause && String(cause.path).startsWith(file) ? reasons[code] : undefined;
    if (reason !== undefined) return fail('BK-WRITE', { path: file, reason }).report;
  }
  return reportOf(thrown);
}

function chainOf(thrown: unknown): Error[] {
  const chain: Error[] = [];
  for (let error = thrown; error instanceof Error && chain.length < 10; error = error.cause) chain.push(error);
  return chain;
}
