import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';

/** A program with all that it starts: what a wrapper such as npx or sh began ends with it. */
export interface Group {
  child: ChildProcess;
  kill: (signal: NodeJS.Signals) => void;
}

/** Starts a program as the leader of a process group, all of which is killed when `signal` is aborted. */
export function startGroup(command: readonly string[], options: SpawnOptions, signal: AbortSignal): Group {
  const [program = '', ...args] = command;
  const isGroup = process.platform !== 'win32';
  const child = spawn(program === 'node' ? process.execPath : program, args, { ...options, detached: isGroup });
  const kill = (name: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    if (!isGroup) return void child.kill(name);
    try {
      process.kill(-child.pid, name);
    } catch {
      // All of it is over.
    }
  };
  const stop = (): void => kill('SIGKILL');
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  child.on('close', () => signal.removeEventListener('abort', stop));
  return { child, kill };
}
