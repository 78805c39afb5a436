import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('fixture-program.ts', import.meta.url));
/** Compiling the program's sources is most of its start, and is done once. */
const NODE_COMPILE_CACHE = fileURLToPath(new URL('../../../node_modules/.cache/compile', import.meta.url));

export interface ChildOptions {
  cwd: string;
  env?: Record<string, string>;
  /** Text for descriptor 3. */
  secrets?: string;
  /** Otherwise the control pipe stays open until `closeControl`. */
  noStdin?: boolean;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** The fixture connector as a real program, with no more in its environment than what is given. */
export class Child {
  readonly process: ChildProcess;
  private stdout = '';
  private stderr = '';
  private readonly ended: Promise<[number | null, NodeJS.Signals | null]>;

  constructor(args: string[], { cwd, env = {}, secrets, noStdin = true }: ChildOptions) {
    this.process = spawn(process.execPath, [program, ...args], {
      cwd,
      env: { NODE_COMPILE_CACHE, ...env },
      stdio: [noStdin ? 'ignore' : 'pipe', 'pipe', 'pipe', secrets === undefined ? 'ignore' : 'pipe'],
    });
    this.ended = once(this.process, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    if (secrets !== undefined) (this.process.stdio[3] as Writable).end(secrets);
  }

  /** Waits until standard output holds the text. */
  async says(text: string): Promise<void> {
    while (!this.stdout.includes(text)) {
      const more = await Promise.race([once(this.process.stdout!, 'data'), this.ended.then(() => undefined)]);
      if (more === undefined && !this.stdout.includes(text)) throw new Error(`ended without "${text}": ${this.stderr}`);
    }
  }

  closeControl(): void {
    this.process.stdin?.end();
  }

  async end(): Promise<Ended> {
    const [code, signal] = await this.ended;
    return { code, signal, stdout: this.stdout, stderr: this.stderr };
  }
}

export const run = (args: string[], options: ChildOptions): Promise<Ended> => new Child(args, options).end();
