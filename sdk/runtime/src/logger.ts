import { getCallSites } from 'node:util';
import type { Clock } from '@batonkit/kernel';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFields = Record<string, unknown>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  format: 'json' | 'console';
  level: LogLevel;
  /** Gets whole lines, with their line break. */
  write: (line: string) => void;
  clock: Clock;
  /** Runs over every finished line, so that no field can carry a secret past it. */
  redact: (text: string) => string;
}

/**
 * Logs in the forms of the genuine connectors: JSON lines with `level`, `ts` (seconds), `caller`,
 * `msg` and the fields, or tab-separated text for people (protocol: runtime 1.9). Callers pass no
 * values of the tenant: counts, path templates, codes and times only.
 */
export function createLogger({ format, level, write, clock, redact }: LoggerOptions): Logger {
  const threshold = logLevels.indexOf(level);
  const log = (at: LogLevel, message: string, fields: LogFields = {}): void => {
    if (logLevels.indexOf(at) < threshold) return;
    // Frames: this function, the method of the level, the caller.
    const site = getCallSites(3)[2];
    const caller = site === undefined ? '' : `${shortPath(site.scriptName)}:${site.lineNumber}`;
    const now = clock.now();
    const line =
      format === 'json'
        ? JSON.stringify({ level: at, ts: now / 1000, caller, msg: message, ...fields })
        : [new Date(now).toISOString(), at.toUpperCase(), caller, message, ...textOf(fields)].join('\t');
    write(`${redact(line)}\n`);
  };
  return {
    debug: (message, fields) => log('debug', message, fields),
    info: (message, fields) => log('info', message, fields),
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
  };
}

function textOf(fields: LogFields): string[] {
  return Object.keys(fields).length === 0 ? [] : [JSON.stringify(fields)];
}

/** `dir/file.ts`, as the genuine lines have it; never the whole path of this machine. */
function shortPath(path: string): string {
  return path.split('/').slice(-2).join('/');
}
