import { pino, type Logger } from 'pino';
import { createRedactor, type Clock } from '@batonkit/kernel';

export type Log = Logger;

export interface LogSink {
  log: Log;
  /** From now on these stand in no line. */
  hide: (secrets: Iterable<string>) => void;
}

/** JSON lines. Callers give ids, codes, counts and times only, no names and no values of a tenant. */
export function createLog(write: (line: string) => void, clock: Clock): LogSink {
  const hidden = new Set<string>();
  let redact = createRedactor(hidden);
  const log = pino(
    {
      base: null,
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    { write: (line: string) => write(redact(line)) },
  );
  return {
    log,
    hide: (secrets) => {
      for (const secret of secrets) hidden.add(secret);
      redact = createRedactor(hidden);
    },
  };
}
