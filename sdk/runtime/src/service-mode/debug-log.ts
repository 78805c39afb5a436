import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@batonkit/kernel';
import type { Logger } from '../logger.ts';
import { createLogger } from '../logger.ts';

/** What a hub takes of a debug log; a longer one is cut. */
const MOST_BYTES = 64 * 1024 * 1024;

export interface DebugLog {
  path: string;
  logger: Logger;
}

/** Everything that is logged about one task, as JSON lines at debug level, for C1 (protocol: runtime 3.8). */
export function openDebugLog(
  folder: string,
  { clock, redact, beside }: { clock: Clock; redact: (text: string) => string; beside: Logger },
): DebugLog {
  const path = join(folder, 'debug.log');
  let bytes = 0;
  const own = createLogger({
    format: 'json',
    level: 'debug',
    clock,
    redact,
    write: (line) => {
      bytes += Buffer.byteLength(line);
      if (bytes > MOST_BYTES) return;
      try {
        appendFileSync(path, line, { mode: 0o600 });
      } catch {
        // A full disk fails the sync itself, with an error that says so.
      }
    },
  });
  return {
    path,
    logger: {
      debug: (message, fields) => {
        beside.debug(message, fields);
        own.debug(message, fields);
      },
      info: (message, fields) => {
        beside.info(message, fields);
        own.info(message, fields);
      },
      warn: (message, fields) => {
        beside.warn(message, fields);
        own.warn(message, fields);
      },
      error: (message, fields) => {
        beside.error(message, fields);
        own.error(message, fields);
      },
    },
  };
}
