import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { BatonError, type Clock } from '@batonkit/kernel';
import type { Program } from '../catalogue/program.ts';
import { bareEnvironment } from '../catalogue/program.ts';
import { fail } from '../errors.ts';
import { Patience, STALLED } from './patience.ts';
import { parseProgress, type ProgressLine, type ResultLine } from './progress-line.ts';

export interface HostedChildOptions {
  program: Program;
  /** The run's own directory: working directory, home, temporary files, and the file to be made. */
  runDir: string;
  /** Variables made of the settings that are not secret. */
  variables: Record<string, string>;
  secrets: Record<string, string>;
  /** Private key, PEM, that signs the certificate; without it that is unsigned. */
  certificateKey?: string;
  file: string;
  clock: Clock;
  /** Ends the child: first by its control pipe, at last by force. */
  signal: AbortSignal;
  onProgress: (line: ProgressLine) => void;
  onLog: (part: Buffer) => void;
}

/** `died`: it ended, however it ended, without having said a result. */
export type HostedOutcome =
  | { kind: 'result'; result: ResultLine }
  | { kind: 'died'; how: string }
  | { kind: 'stopped' };

const GRACE = 5_000;
const LINE_LIMIT = 1024 * 1024;

/**
 * Runs a connector's program as a hosted child (ADR 0007, 0021): environment built from nothing, secrets on
 * descriptor 3, the key of its certificate on 4, progress lines on its output, a control pipe on its input whose closing ends it, so
 * that it also ends when this process is killed. Its whole process group is killed when this returns.
 *
 * @throws BatonError `BK-RUN-PROTOCOL` when it says something unknown, `BK-RUN-START` when there is no such program,
 *   `BK-RUN-STALLED` when it says nothing for 15 minutes
 */
export async function runHostedChild(options: HostedChildOptions): Promise<HostedOutcome> {
  const { program, runDir, signal } = options;
  const key = options.certificateKey === undefined ? undefined : namelessFile(runDir, options.certificateKey);
  let child: ChildProcess;
  try {
    child = spawn(program.file, [...program.args, '--hosted', '--file', options.file], {
      cwd: runDir,
      env: {
        ...bareEnvironment(runDir),
        ...options.variables,
        ...(key === undefined ? {} : { BATON_CERTIFICATE_KEY: '/dev/fd/4' }),
      },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', ...(key === undefined ? [] : [key])],
      detached: true,
    });
  } finally {
    if (key !== undefined) closeSync(key);
  }
  const exit = exitOf(child);
  if (child.pid === undefined) {
    await exit;
    throw fail('BK-RUN-START', {});
  }
  const group = child.pid;
  const output = child.stdout as Readable;
  const drained = new AbortController();
  let isCut = false;
  let result: ResultLine | undefined;
  const patience = new Patience(options.clock);
  const stop = (): void => {
    child.stdin?.end();
    void forceAfterGrace(child, group, options.clock);
  };
  try {
    // A child that ends early closes its pipes; that is told by its exit.
    for (const pipe of [child.stdin, child.stdio[3] as Writable]) pipe?.on('error', () => undefined);
    (child.stdio[3] as Writable).end(JSON.stringify(options.secrets));
    child.stderr?.on('data', options.onLog);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });

    // What it leaves behind must not keep its output open; one that has left its group is not waited for.
    void exit.then(async () => {
      killGroup(group);
      await options.clock.sleep(GRACE, drained.signal).catch(() => undefined);
      if (drained.signal.aborted) return;
      isCut = true;
      output.destroy();
    });

    void patience.end(drained.signal).then((stalled) => {
      if (stalled) stop();
    });

    try {
      for await (const line of linesOf(output)) {
        const progress = parseProgress(line);
        if (progress === undefined) continue;
        if (progress.type === 'result') {
          if (result !== undefined) throw fail('BK-RUN-PROTOCOL', { what: 'It says two results.' });
          result = progress;
          // It has nothing more to do: one that stays is ended.
          void forceAfterGrace(child, group, options.clock);
        } else if (result === undefined) {
          patience.renew(progress.type === 'wait' ? progress.ms : 0);
          options.onProgress(progress);
        }
      }
    } catch (error) {
      if (!isCut || error instanceof BatonError) throw error;
    }
    drained.abort();
    // Its output is closed; one that goes on living has nothing more to say.
    void forceAfterGrace(child, group, options.clock);
    const how = await exit;
    if (signal.aborted) return { kind: 'stopped' };
    if (patience.isOver && result === undefined) throw fail('BK-RUN-STALLED', { minutes: STALLED / 60_000 });
    return result === undefined ? { kind: 'died', how } : { kind: 'result', result };
  } finally {
    drained.abort();
    signal.removeEventListener('abort', stop);
    killGroup(group);
    await exit;
    for (const pipe of child.stdio) pipe?.destroy();
  }
}

/** A descriptor of a file that has no name any more: a program opens it as one, and nobody else finds it. */
function namelessFile(folder: string, text: string): number {
  const path = join(folder, 'certificate-key');
  const written = openSync(path, 'wx', 0o600);
  try {
    writeSync(written, text);
    return openSync(path, 'r');
  } finally {
    closeSync(written);
    rmSync(path);
  }
}

async function* linesOf(stream: Readable): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of stream) {
    const lines = (rest + decoder.decode(part as Buffer, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    // A line without end would fill the memory of the console.
    if (rest.length > LINE_LIMIT) throw fail('BK-RUN-PROTOCOL', { what: 'A line of its output has no end.' });
  }
  if (rest !== '') yield rest;
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', () => resolve('could not be started'));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `ended with exit code ${code ?? 'none'}` : `was ended by ${signal}`),
    );
  });
}

async function forceAfterGrace(child: ChildProcess, group: number, clock: Clock): Promise<void> {
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  if (child.exitCode !== null || child.signalCode !== null) return;
  await clock.sleep(GRACE, ended.signal).then(
    () => killGroup(group),
    () => undefined,
  );
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Nobody of it is left.
  }
}
