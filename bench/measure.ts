import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const inRepository = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

export interface Measured {
  /** From the start of the process to its end, as its parent sees it. */
  wallMs: number;
  cpuMs: number;
  /** The most memory that it had at once. */
  rssMb: number;
  out: string;
}

/** Runs a program to its end in an environment of nothing but `env`. @throws Error when it does not end with 0 */
export async function measure(
  args: readonly string[],
  directory: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  const usage = join(directory, 'usage.json');
  const start = performance.now();
  const child = spawn(process.execPath, ['--import', inRepository('bench/usage.js'), ...args], {
    cwd: directory,
    env: { HOME: directory, ...env, BENCH_USAGE: usage },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, errors] = [textOf(child, 'stdout'), textOf(child, 'stderr')];
  const [code] = (await once(child, 'close')) as [number | null];
  const wallMs = performance.now() - start;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${(out() + errors()).slice(-2000)}`);
  const { cpuMs, rssMb } = JSON.parse(readFileSync(usage, 'utf8')) as Pick<Measured, 'cpuMs' | 'rssMb'>;
  rmSync(usage);
  return { wallMs, cpuMs, rssMb, out: out() };
}

/** What a floor printed. */
export async function floor(args: readonly string[], directory: string): Promise<Record<string, number>> {
  return JSON.parse((await measure(args, directory)).out) as Record<string, number>;
}

export interface BenchServer extends AsyncDisposable {
  origin: string;
  baseUrl: string;
  /** Paths and queries that were asked for since the last call. */
  takeLog(): Promise<string[]>;
}

export async function startServer(options: { users: number; form: string; latency: number }): Promise<BenchServer> {
  const { users, form, latency } = options;
  const child = spawn(
    process.execPath,
    [inRepository('bench/server.ts'), '--users', `${users}`, '--form', form, '--latency', `${latency}`],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { origin, baseUrl } = JSON.parse(line) as { origin: string; baseUrl: string };
  return {
    origin,
    baseUrl,
    takeLog: async () => (await (await fetch(`${origin}/__log`, { method: 'DELETE' })).json()) as string[],
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

function textOf(child: ChildProcess, stream: 'stdout' | 'stderr'): () => string {
  const parts: Buffer[] = [];
  child[stream]?.on('data', (part: Buffer) => parts.push(part));
  return () => Buffer.concat(parts).toString('utf8');
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
