import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGroup } from './start-group.ts';

export interface Run {
  /** Null when a signal ended it. */
  code: number | null;
  /** Why the suite killed it. */
  killedFor?: string;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Where it ran: its files, with those for temporary use in `tmp`. */
  folder: string;
  /** The file that it was asked for. */
  file: string;
  ms: number;
}

export interface Running {
  folder: string;
  kill: (signal: NodeJS.Signals) => void;
  ended: Promise<Run>;
}

/** Of a debug log of many requests; a program that prints without end must not fill the memory. */
const MOST_OUTPUT = 64 * 2 ** 20;

/** How a program is started, each time with an environment built from nothing, in a folder of its own. */
export class Launcher {
  private readonly command: readonly string[];
  private readonly files: Readonly<Record<string, string>>;
  private readonly root: string;
  private readonly now: () => number;
  private readonly seconds: number;
  private readonly searchPath: string;
  private readonly signal: AbortSignal;

  constructor(
    { command, files, seconds }: { command: readonly string[]; files: Record<string, string>; seconds: number },
    root: string,
    now: () => number,
    searchPath: string,
    signal: AbortSignal,
  ) {
    this.command = command;
    this.files = files;
    this.root = root;
    this.now = now;
    this.seconds = seconds;
    this.searchPath = searchPath;
    this.signal = signal;
  }

  async newFolder(): Promise<string> {
    const folder = await mkdtemp(join(this.root, 'run-'));
    await mkdir(join(folder, 'tmp'));
    for (const [name, text] of Object.entries(this.files)) await writeFile(join(folder, name), text);
    return folder;
  }

  /** A run that is not over in time, or prints too much, is killed and ends with code null. */
  async start(env: Record<string, string>, args: readonly string[] = [], again?: string): Promise<Running> {
    const folder = again ?? (await this.newFolder());
    const temp = join(folder, 'tmp');
    const options = {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
      env: { PATH: this.searchPath, HOME: folder, TMPDIR: temp, BATON_TMPDIR: temp, ...env },
    };
    const late = AbortSignal.timeout(this.seconds * 1000);
    const flood = new AbortController();
    const over = AbortSignal.any([this.signal, late, flood.signal]);
    const { child, kill } = startGroup([...this.command, ...args], options, over);
    const from = this.now();
    const said = { stdout: '', stderr: '' };
    const take = (name: 'stdout' | 'stderr', text: string): void => {
      if (said.stdout.length + said.stderr.length + text.length <= MOST_OUTPUT) said[name] += text;
      else flood.abort();
    };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => take('stdout', text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => take('stderr', text));
    child.on('error', (error) => (said.stderr += `\n${error.message}`));
    const why = (): Pick<Run, 'killedFor'> => {
      if (flood.signal.aborted) return { killedFor: `it printed more than ${MOST_OUTPUT / 2 ** 20} MiB` };
      return late.aborted ? { killedFor: `not over after ${this.seconds} s` } : {};
    };
    const file = join(folder, 'sync.c1z');
    const ended = new Promise<Run>((resolve) => {
      child.on('close', (code, signal) =>
        resolve({ code, signal, ...why(), ...said, folder, file, ms: this.now() - from }),
      );
    });
    return { folder, kill, ended };
  }

  async run(env: Record<string, string>, args: readonly string[] = [], again?: string): Promise<Run> {
    return await (
      await this.start(env, args, again)
    ).ended;
  }
}
