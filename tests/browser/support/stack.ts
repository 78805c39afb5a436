import { rmSync } from 'node:fs';
import { connectorProgram } from '../../support/console.ts';
import { makeData } from '../../support/make-data.ts';
import { inRepository, startProgram } from '../../support/program.ts';
import type { Person } from '../../support/simulator.ts';

/** What `npm start` runs, and how its simulated tenant is reached past everything of ours. */
export interface Stack extends AsyncDisposable {
  console: string;
  signIn: string;
  baseUrl: string;
  apiKey: string;
  /** The tenant's own admin API. */
  tell<T>(path: string, body?: object): Promise<T>;
  people(): Promise<Person[]>;
}

interface Ready {
  console: string;
  signIn: string;
  baseUrl: string;
  apiKey: string;
  simulatorAdmin: string;
}

/** The whole of `npm start` with data of its own, on free ports. */
export async function startStack(options: { users: number; seed: number }): Promise<Stack> {
  const data = await makeData('stack-', 'console');
  const program = await startProgram([
    inRepository('tools/start.ts'),
    '--data',
    data,
    '--users',
    String(options.users),
    '--seed',
    String(options.seed),
    '--ready-json',
  ]);
  const { simulatorAdmin, ...ready } = program.ready as Ready;
  const admin = new URL(simulatorAdmin);
  const token = admin.hash.replace('#token=', '');
  const tell = async <T>(path: string, body?: object): Promise<T> => {
    const response = await fetch(`${admin.origin}${admin.pathname.replace(/\/$/, '')}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    ...ready,
    tell,
    people: async () => (await tell<{ data: Person[] }>('/users?limit=1000')).data,
    [Symbol.asyncDispose]: async () => {
      await program.signal('SIGTERM');
      rmSync(data, { recursive: true, force: true });
    },
  };
}

export interface WebConsole extends AsyncDisposable {
  url: string;
  signIn: string;
}

/** Only a console, whose sign-in link nobody has used yet. */
export async function startWebConsole(
  allowedOrigins: readonly string[],
  connector: readonly string[] = [connectorProgram],
): Promise<WebConsole> {
  const data = await makeData('web-console-');
  const program = await startProgram([
    inRepository('console/server/bin/batonkit-console.js'),
    'serve',
    '--data',
    data,
    '--port',
    '0',
    ...connector.flatMap((path) => ['--connector', path]),
    '--ready-json',
    '--end-with-stdin',
    ...allowedOrigins.flatMap((origin) => ['--allow-origin', origin]),
  ]);
  const { console: url, signIn } = program.ready as { console: string; signIn: string };
  return {
    url,
    signIn,
    [Symbol.asyncDispose]: async () => {
      await program.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
