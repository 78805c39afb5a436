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
/** Keys of a note, or of the reason why rows are missing. */
const noteKeys = ['detail', 'warning', 'warnings'];
/** Keys that are false in an answer that failed. */
const successKeys = ['success', 'ok', 'successful', 'is_success', 'complete', 'is_complete'];
const statusKeys = ['status', 'code', 'status_code', 'statusCode', 'state', 'result'];
const badStatus =
  /^(?:[45]\d\d|err(?:or)?s?|fail(?:ed|ure)?|partial|incomplete|degraded|time(?:d_?)?out|forbidden|denied)$/i;

/**
 * The key by which an answer with status 200 says that something went wrong. Where no count
 * judges its rows, a note may be the reason why some are missing.
 */
export function faultIn(envelope: Record<string, unknown>, isCounted: boolean): string | undefined {
  return (
    (isCounted ? faultKeys : [...faultKeys, ...noteKeys]).find((key) => isSaid(envelope[key])) ??
    successKeys.find((key) => envelope[key] === false) ??
    statusKeys.find((key) => {
      const value = envelope[key];
      return (typeof value === 'string' || typeof value === 'number') && badStatus.test(String(value));
    })
  );
}
