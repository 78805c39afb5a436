import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface Started {
  /** The line with which it says that it is ready. */
  firstLine: Promise<string>;
  /** How it ended, as the end of a sentence. */
  ended: Promise<string>;
  /** Closes its input, which ends it in order; after ten seconds by force. */
  stop(): Promise<void>;
}

/** Starts a program of ours that ends when its input is closed, so that it also ends when this process is killed. */
export function startProgram(args: string[], stderr: 'inherit' | number): Started {
  // In its own group: a Ctrl-C of the terminal comes to us alone, and we end it in order.
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', stderr], detached: true }) as ChildProcess & {
    stdin: Writable;
    stdout: Readable;
  };
  const ended = new Promise<string>((resolve) => {
    child.once('error', () => resolve('could not be started'));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`),
    );
  });
  const firstLine = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).once('line', resolve);
  });
  child.stdin.on('error', () => undefined);
  return {
    firstLine,
    ended,
    stop: async () => {
      child.stdin.end();
      const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(force);
    },
  };
}

/** Runs a tool to its end, with all that it prints on standard error; its exit code. */
export function runToEnd(args: string[], cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    // Whoever asks may be a test: what is made here is for use all the same.
    const env = { ...process.env, NODE_ENV: 'production' };
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', process.stderr, 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
