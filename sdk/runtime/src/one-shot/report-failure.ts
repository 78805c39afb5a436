import type { ErrorReport } from '@batonkit/kernel';
import { BatonError, reportOf } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import type { Logger } from '../logger.ts';

const reasons: Record<string, string> = {
  EACCES: 'This user may not write there.',
  EPERM: 'This user may not write there.',
  EROFS: 'The file system is read-only.',
  ENOENT: 'A folder of its path does not exist.',
  ENOTDIR: 'A part of its path is no folder.',
};

/** Turns whatever ended a run into what its user reads. The causes are for debug logs. */
export function reportFailure(thrown: unknown, file: string, logger: Logger): ErrorReport {
  if (thrown instanceof Error) {
    const cause = thrown.cause instanceof Error ? thrown.cause.stack : undefined;
    logger.debug('what was thrown', { stack: thrown.stack, ...(cause === undefined ? {} : { cause }) });
  }
  if (thrown instanceof BatonError) return thrown.report;
  const code = thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return fail('BK-DISK', { path: file }).report;
  const reason = reasons[code];
  return reason === undefined ? reportOf(thrown) : fail('BK-WRITE', { path: file, reason }).report;
}
