import { isSaid } from './more-follows.ts';

/** Keys by which an answer says itself that it is not whole. */
const faultKeys = [
  'error',
  'errors',
  'error_code',
  'error_message',
  'has_error',
  'has_errors',
  'partial',
  'is_partial',
  'incomplete',
  'incomplete_results',
  'truncated',
  'is_truncated',
  'timed_out',
  'degraded',
];
/** Keys of a note, or of the reason why there are no rows. */
const noteKeys = ['detail', 'warning', 'warnings'];
/** Keys that are false in an answer that failed. */
const successKeys = ['success', 'ok', 'successful', 'is_success', 'complete', 'is_complete'];
const statusKeys = ['status', 'code', 'status_code', 'statusCode', 'state', 'result'];
const badStatus =
  /^(?:[45]\d\d|err(?:or)?s?|fail(?:ed|ure)?|partial|incomplete|degraded|time(?:d_?)?out|forbidden|denied)$/i;

/**
 * The key by which an answer with status 200 says that something went wrong. Where it has no rows and
 * counts none, a note may be the reason: that is no empty list.
 */
export function faultIn(envelope: Record<string, unknown>, hasRows: boolean): string | undefined {
  return (
    (hasRows ? faultKeys : [...faultKeys, ...noteKeys]).find((key) => isSaid(envelope[key])) ??
    successKeys.find((key) => envelope[key] === false) ??
    statusKeys.find((key) => {
      const value = envelope[key];
      return (typeof value === 'string' || typeof value === 'number') && badStatus.test(String(value));
    })
  );
}
