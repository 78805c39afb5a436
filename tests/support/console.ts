import { rmSync } from 'node:fs';
import { signIn, type Client } from './client.ts';
import { makeData } from './make-data.ts';
import { inRepository, startProgram, type Ended, type RunningProgram } from './program.ts';

/** A console in a process of its own, with somebody signed in. */
export interface Console extends Client, AsyncDisposable {
  dataDir: string;
  program: RunningProgram;
  stop(): Promise<Ended>;
  /** As a power failure does. */
  kill(): Promise<void>;
  /** Another console on the same data. */
  again(): Promise<Console>;
}

export const connectorProgram = inRepository('connectors/runlayer/bin/baton-runlayer.js');

/** Starts one; disposing it removes its data. */
export async function startConsole(allowedOrigins: readonly string[], given?: string): Promise<Console> {
  const dataDir = given ?? (await makeData('console-'));
  const program = await startProgram([
    inRepository('console/server/bin/batonkit-console.js'),
    'serve',
    '--data',
    dataDir,
    '--port',
    '0',
    '--connector',
    connectorProgram,
    '--ready-json',
    '--end-with-stdin',
    ...allowedOrigins.flatMap((origin) => ['--allow-origin', origin]),
  ]);
  const ready = program.ready as { console: string; signIn: string };
  return {
    ...(await signIn(ready.console, ready.signIn)),
    dataDir,
    program,
    stop: () => program.stop(),
    kill: async () => {
      await program.signal('SIGKILL');
    },
    again: () => startConsole(allowedOrigins, dataDir),
    [Symbol.asyncDispose]: async () => {
      await program.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
