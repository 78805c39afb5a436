import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { fail } from '../errors.ts';

export interface LogOutputs extends Disposable {
  /** Takes a whole line. Never throws: a full disk must not end a sync, nor keep the line from everybody. */
  write(line: string): void;
}

export interface LogStreams {
  stdout: (line: string) => void;
  stderr: (line: string) => void;
}

/** Waits for no reader: a pipe that nobody reads is refused. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

/**
 * Opens what `--log-path` names: files, made with rights 0600 and appended to, and the words `stdout` and
 * `stderr`. Without any name the log goes to standard error.
 *
 * @throws BatonError `BK-LOG-PATH` (exit 2)
 */
export function openLogOutputs(paths: readonly string[], streams: LogStreams): LogOutputs {
  const writers: ((line: string) => void)[] = [];
  const files: number[] = [];
  const close = (): void => {
    for (const file of files.splice(0)) closeSync(file);
  };
  for (const path of new Set(paths)) {
    if (path === 'stdout' || path === 'stderr') writers.push(streams[path]);
    else {
      try {
        const file = openSync(path, FLAGS, 0o600);
        files.push(file);
        writers.push((line) => writeWhole(file, line));
      } catch (error) {
        close();
        throw fail('BK-LOG-PATH', { path }, { field: 'log-path', cause: error });
      }
    }
  }
  if (writers.length === 0) writers.push(streams.stderr);
  return {
    write: (line) => {
      for (const write of writers) {
        try {
          write(line);
        } catch {
          streams.stderr(line);
        }
      }
    },
    [Symbol.dispose]: close,
  };
}

function writeWhole(file: number, line: string): void {
  const bytes = Buffer.from(line);
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}
