import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A path of the repository. */
export const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A program of ours that runs. Those that end with their input also end with the test process, whatever becomes of it. */
export interface RunningProgram {
  pid: number;
  /** What it said in its first line, which is JSON. */
  ready: unknown;
  /** All that it has written on standard output, and on standard error, so far. */
  output(): string;
  errors(): string;
  ended: Promise<Ended>;
  signal(signal: NodeJS.Signals): Promise<Ended>;
  /** Closes its input, and waits for its end. */
  stop(): Promise<Ended>;
}

export interface StartOptions {
  /** Default: this Node. */
  command?: string;
  /** In a process group of its own, which gets the signals as a whole, as at a Ctrl-C in a terminal. */
  group?: boolean;
}

/** Starts one that says that it is ready in one line of JSON. */
export async function startProgram(args: readonly string[], options: StartOptions = {}): Promise<RunningProgram> {
  const { command = process.execPath, group = false } = options;
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: group });
  const output = textOf(child.stdout);
  const errors = textOf(child.stderr);
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }) as Ended);
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => String(text)),
    ended.then(({ code }) => Promise.reject(new Error(`${command} ${args[0]} ended with ${code}: ${errors()}`))),
  ]);
  return {
    pid: child.pid as number,
    ready: JSON.parse(line) as unknown,
    output,
    errors,
    ended,
    signal: (signal) => {
      if (group && child.pid !== undefined) process.kill(-child.pid, signal);
      else child.kill(signal);
      return ended;
    },
    stop: () => {
      child.stdin.end();
      return ended;
    },
  };
}

export interface Result {
  code: number | null;
  out: string;
  errors: string;
}

/** Runs a program to its end. Its environment holds nothing but `env`. */
export async function runProgram(args: readonly string[], env: Record<string, string>, cwd: string): Promise<Result> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd, env });
  const [out, errors] = [textOf(child.stdout), textOf(child.stderr)];
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: out(), errors: errors() };
}

function textOf(stream: Readable): () => string {
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  return () => Buffer.concat(parts).toString('utf8');
}

export interface ProcessEntry {
  pid: number;
  parent: number;
  command: string;
}

/** Living processes; a zombie, whom nobody has waited for yet, is none. */
export function processes(): ProcessEntry[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent), command }];
    } catch {
      // It ended while it was looked at.
      return [];
    }
  });
}
