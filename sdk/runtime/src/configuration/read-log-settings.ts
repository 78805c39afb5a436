import type { ErrorReport } from '@batonkit/kernel';
import { BatonError } from '@batonkit/kernel';
import type { FlagValue } from '../cli/flag.ts';
import type { LogThreshold } from '../logging/log-level.ts';
import { readLogLevel } from '../logging/log-level.ts';
import { openLogOutputs } from '../logging/log-outputs.ts';

export interface LogSettings {
  logLevel?: LogThreshold;
  logFormat?: 'json' | 'console';
  debugEndsAt?: number;
  logPaths: string[];
}

/**
 * How a run logs. A word that is no level or form is taken for the usual one, as the genuine programs do
 * (protocol: runtime 1.2), but said: a wrong word for how to log must not keep access from being read.
 */
export function readLogSettings(given: ReadonlyMap<string, FlagValue>): {
  settings: LogSettings;
  notices: string[];
  problems: ErrorReport[];
} {
  const notices: string[] = [];
  const textOf = (name: string): string => {
    const value = given.get(name);
    return typeof value === 'string' ? value : '';
  };
  const settings: LogSettings = { logPaths: [] };

  const level = textOf('log-level');
  if (level !== '') {
    settings.logLevel = readLogLevel(level) ?? 'info';
    if (readLogLevel(level) === undefined)
      notices.push(`--log-level ${JSON.stringify(level)} is none of debug, info, warn and error; info is used.`);
  }
  const format = textOf('log-format');
  if (format !== '') {
    settings.logFormat = format === 'console' ? 'console' : 'json';
    if (format !== settings.logFormat)
      notices.push(`--log-format ${JSON.stringify(format)} is neither json nor console; json is used.`);
  }
  const expiry = textOf('log-level-debug-expires-at');
  if (expiry !== '') {
    const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i.test(expiry)
      ? Date.parse(expiry)
      : Number.NaN;
    // Logging more than is wished for is the worse of the two mistakes.
    settings.debugEndsAt = Number.isNaN(instant) ? 0 : instant;
    if (Number.isNaN(instant)) {
      const value = JSON.stringify(expiry);
      notices.push(
        `--log-level-debug-expires-at ${value} is no instant such as 2026-01-02T15:04:05Z; nothing is logged at debug.`,
      );
    }
  }
  const paths = given.get('log-path');
  settings.logPaths = Array.isArray(paths) ? (paths as string[]).filter((path) => path !== '') : [];
  return { settings, notices, problems: pathProblems(settings.logPaths) };
}

/** A log that is missed only when the run has ended helps nobody. */
function pathProblems(paths: readonly string[]): ErrorReport[] {
  return paths.flatMap((path) => {
    try {
      openLogOutputs([path], { stdout: () => {}, stderr: () => {} })[Symbol.dispose]();
      return [];
    } catch (error) {
      if (error instanceof BatonError) return [error.report];
      throw error;
    }
  });
}
