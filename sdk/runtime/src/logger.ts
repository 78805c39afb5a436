import { getCallSites } from 'node:util';
import type { Clock } from '@batonkit/kernel';
import { escapeControls } from './logging/escape-controls.ts';
import type { LogFields } from './logging/readable-fields.ts';
import { readableFields } from './logging/readable-fields.ts';
import type { LogLevel, LogThreshold } from './logging/log-level.ts';
import { logLevels } from './logging/log-level.ts';

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** One line before it is written, for others than the log who want it. */
export interface LogRecord {
  level: LogLevel;
  /** Milliseconds since the Unix epoch. */
  at: number;
  message: string;
  /** Without secrets: redacted as the line is. */
  fields: LogFields;
}

export interface LoggerOptions {
  format: 'json' | 'console';
  level: LogThreshold;
  /** From this instant on (milliseconds since the Unix epoch) `debug` acts as `info`. */
  debugEndsAt?: number;
  /** Of the console form: codes for a terminal. */
  colour?: boolean;
  /** Gets whole lines, with their line break. */
  write: (line: string) => void;
  /** Gets every line that is written, as data. */
  record?: (record: LogRecord) => void;
  clock: Clock;
  /** Runs over every finished line, so that no field can carry a secret past it. */
  redact: (text: string) => string;
}

/**
 * Logs in the forms of the genuine connectors: JSON lines with `level`, `ts` (seconds), `caller`,
 * `msg` and the fields, or tab-separated text for people (protocol: runtime 1.9). Callers pass no
 * values of the tenant: counts, path templates, codes and times only; durations in seconds. An error is
 * written as its own words and code, never with its cause.
 */
export function createLogger(options: LoggerOptions): Logger {
  const { format, level, debugEndsAt = Infinity, write, record, clock, redact } = options;
  const lowest = logLevels.indexOf(level);
  const log = (at: LogLevel, message: string, fields: LogFields = {}): void => {
    const rank = logLevels.indexOf(at);
    if (rank < lowest) return;
    const now = clock.now();
    if (rank === 0 && now >= debugEndsAt) return;
    const readable = readableFields(fields);
    const line = format === 'json' ? jsonLine : options.colour === true ? terminalLine : consoleLine;
    write(`${redact(line({ level: at, at: now, message, fields: readable }, callerOf()))}\n`);
    // Redacted as one text: a secret may stand in a name as well as in a value, at any depth.
    if (record !== undefined) {
      const data = JSON.parse(redact(JSON.stringify({ message, fields: readable }))) as LogRecord;
      record({ level: at, at: now, message: data.message, fields: data.fields });
    }
  };
  return {
    debug: (message, fields) => log('debug', message, fields),
    info: (message, fields) => log('info', message, fields),
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
  };
}

/** The same log with fields that stand in each of its lines, before those of the line. */
export function withFields(logger: Logger, always: LogFields): Logger {
  return {
    debug: (message, fields) => logger.debug(message, { ...always, ...fields }),
    info: (message, fields) => logger.info(message, { ...always, ...fields }),
    warn: (message, fields) => logger.warn(message, { ...always, ...fields }),
    error: (message, fields) => logger.error(message, { ...always, ...fields }),
  };
}

function jsonLine({ level, at, message, fields }: LogRecord, caller: string): string {
  return JSON.stringify({ level, ts: at / 1000, caller, msg: message, ...fields });
}

function consoleLine({ level, at, message, fields }: LogRecord, caller: string): string {
  const time = new Date(at).toISOString();
  return [time, level.toUpperCase(), caller, escapeControls(message), ...consoleFields(fields)].join('\t');
}

/** For somebody who looks on: the same columns, with what matters standing out. */
function terminalLine({ level, at, message, fields }: LogRecord, caller: string): string {
  const dim = (text: string): string => `\u001B[2m${text}\u001B[22m`;
  const name = `\u001B[${colours[level]}m${level.toUpperCase()}\u001B[39m`;
  const columns = [dim(new Date(at).toISOString()), name, dim(caller), escapeControls(message)];
  return [...columns, ...consoleFields(fields).map(dim)].join('\t');
}

const colours: Record<LogLevel, number> = { debug: 35, info: 34, warn: 33, error: 31 };

/** Spaces after the outermost commas and colons, as the genuine console lines have them. */
function consoleFields(fields: LogFields): string[] {
  const parts = Object.entries(fields).flatMap(([name, value]) => {
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? [] : [`${JSON.stringify(name)}: ${text}`];
  });
  return parts.length === 0 ? [] : [escapeControls(`{${parts.join(', ')}}`)];
}

/** `dir/file.ts:line` of the first frame outside the log, as the genuine lines have it; no path of this machine. */
function callerOf(): string {
  const site = getCallSites(8, { sourceMap: true }).find(({ scriptName }) => !isOfLog(scriptName));
  return site === undefined ? '' : `${site.scriptName.split(/[/\\]/).slice(-2).join('/')}:${site.lineNumber}`;
}

const isOfLog = (path: string): boolean => /[/\\](?:src[/\\]logger|logging[/\\][\w-]+)\.ts$/.test(path);
