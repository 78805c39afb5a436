import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface ReplicaOptions {
  hostId: string;
  /** The program and its arguments, run by this Node. */
  program: readonly string[];
  environment: Record<string, string>;
  directory: string;
  now: () => number;
}

/** An end that nobody ordered. */
export interface Unexpected {
  hostId: string;
  at: number;
  code: number | null;
}

/** A replica of a connector in service mode, started again whenever it ends, as a supervisor does. */
export class Replica {
  readonly hostId: string;
  readonly temp: string;
  readonly unexpected: Unexpected[] = [];
  starts = 0;
  private readonly options: ReplicaOptions;
  private readonly said: Buffer[] = [];
  private child: ChildProcess | undefined;
  private stopping = false;

  constructor(options: ReplicaOptions) {
    this.options = options;
    this.hostId = options.hostId;
    this.temp = join(options.directory, `${options.hostId}-temp`);
    mkdirSync(this.temp, { recursive: true });
    this.start();
    // Whoever stops the proof stops its processes.
    process.once('exit', () => this.child?.kill('SIGKILL'));
  }

  /** All that it has printed so far, over all its lives. */
  get output(): Buffer {
    return Buffer.concat(this.said);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** `kill -9`, and what a supervisor does then. Answers once it is gone. */
  async kill(): Promise<boolean> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return false;
    const gone = once(child, 'exit');
    const isHit = child.kill('SIGKILL');
    await gone;
    return isHit;
  }

  /** SIGTERM; the exit code. */
  async stop(): Promise<number | null> {
    this.stopping = true;
    const { child } = this;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
    await gone;
    clearTimeout(late);
    return child.exitCode;
  }

  private start(): void {
    const { program, environment, now } = this.options;
    const child = spawn(process.execPath, program, {
      env: { ...environment, BATON_HOST_ID: this.hostId, BATON_TMPDIR: this.temp },
      cwd: this.temp,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.starts++;
    child.stdout.on('data', (part: Buffer) => this.said.push(part));
    child.stderr.on('data', (part: Buffer) => this.said.push(part));
    child.on('exit', (code, signal) => {
      if (this.stopping) return;
      if (signal !== 'SIGKILL') this.unexpected.push({ hostId: this.hostId, at: now(), code });
      this.start();
    });
  }
}
