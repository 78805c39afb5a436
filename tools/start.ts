// npm start: the web app built, a simulated tenant and the console running, and what to paste where.
import { existsSync, mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { joinSources } from './join-sources.ts';
import { buildWeb } from './start/build-web.ts';
import { onFreePort } from './start/free-port.ts';
import { startProgram, type Started } from './start/program.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (text: string): boolean => process.stderr.write(`${text}\n`);

const HELP = `npm start -- [options]

  --data DIR       where console and simulator keep their data (default: .data)
  --port N         port of the console (default: 3000, or the next free one)
  --users N        size of the simulated tenant, at its first start (default: 1000)
  --seed N         the same seed makes the same tenant, at its first start (default: 1)
  --behaviour B    a behaviour of the simulator (repeatable; npx runlayer-simulator --help lists them)
  --ready-json     the first line of standard output is one JSON object, for programs
`;

interface Ready {
  console: string;
  signIn: string;
  baseUrl: string;
  apiKey: string;
  simulatorAdmin: string;
}

const options = readOptions();
const running: Started[] = [];
let stopping: Promise<void> | undefined;

// One Ctrl-C arrives up to three times (terminal, npm, launcher).
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => void end(code));
}

try {
  const ready = await start();
  if (options['ready-json'] === true) process.stdout.write(`${JSON.stringify(ready)}\n`);
  else process.stdout.write(block(ready));
} catch (error) {
  if (stopping === undefined) {
    say(error instanceof Error ? error.message : String(error));
    await end(1);
  }
}

async function start(): Promise<Ready> {
  const data = resolve(options.data ?? join(root, '.data'));
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const [simulator] = await Promise.all([
    startSimulator(join(data, 'simulator')),
    buildWeb(root, say),
    joinSources(say),
  ]);
  const console = await startConsole(data, new URL(simulator.baseUrl).origin);
  return {
    ...console,
    baseUrl: simulator.baseUrl,
    apiKey: simulator.keys.super_admin,
    simulatorAdmin: `${simulator.admin.url}/#token=${simulator.admin.token}`,
  };
}

async function startConsole(data: string, origin: string): Promise<{ console: string; signIn: string }> {
  const log = join(data, 'console.log');
  const logFile = openSync(log, 'a', 0o600);
  const startOn = (port: number): Promise<{ console: string; signIn: string }> =>
    launch('The console', {
      args: [
        join(root, 'console/server/bin/batonkit-console.js'),
        'serve',
        '--data',
        join(data, 'console'),
        '--port',
        String(port),
        '--connector',
        join(root, 'connectors/runlayer/bin/baton-runlayer.js'),
        '--allow-origin',
        origin,
        '--allow-origin',
        origin.replace('127.0.0.1', 'localhost'),
        '--ready-json',
        '--end-with-stdin',
      ],
      stderr: logFile,
      lastWords: () => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-5).join('\n'),
    });
  const started = await (options.port === undefined ? onFreePort(3000, startOn) : startOn(Number(options.port)));
  closeSync(logFile);
  const { port } = new URL(started.console);
  if (options.port === undefined && port !== '3000') say(`Port 3000 is taken; the console is on ${port}.`);
  say(`The console's log is ${relative(process.cwd(), log)}.`);
  return { console: started.console, signIn: started.signIn };
}

async function startSimulator(data: string): Promise<SimulatorReady> {
  const startWith = (...more: string[]): Promise<SimulatorReady> =>
    launch('The simulator', {
      args: [
        join(root, 'simulators/runlayer/bin/runlayer-simulator.js'),
        '--data',
        data,
        '--ready-json',
        '--end-with-stdin',
        ...more,
        ...(options.users === undefined ? [] : ['--users', options.users]),
        ...(options.seed === undefined ? [] : ['--seed', options.seed]),
        ...(options.behaviour ?? []).flatMap((behaviour) => ['--behaviour', behaviour]),
      ],
      stderr: 'inherit',
    });
  // Later starts take the port of the first one, so that what was pasted goes on working.
  if (existsSync(join(data, 'tenant.json'))) return startWith();
  const started = await onFreePort(8080, (port) => startWith('--port', String(port)));
  const { port } = new URL(started.baseUrl);
  if (port !== '8080') say(`Port 8080 is taken; the simulated tenant is on ${port}.`);
  return started;
}

interface SimulatorReady {
  baseUrl: string;
  admin: { url: string; token: string };
  keys: { super_admin: string };
}

/** Starts a program of ours and waits for its line of JSON; if it ends before its time, everything ends. */
async function launch<T>(
  name: string,
  program: { args: string[]; stderr: 'inherit' | number; lastWords?: () => string },
): Promise<T> {
  const started = startProgram(program.args, program.stderr);
  running.push(started);
  const ended = started.ended.then((how) => `${name} ${how}.`);
  const line = await Promise.race([started.firstLine, ended.then((text) => Promise.reject(new Error(text)))]).catch(
    (error: unknown) => {
      const words = program.lastWords?.() ?? '';
      throw new Error(`${error instanceof Error ? error.message : ''}${words === '' ? '' : `\n${words}`}`);
    },
  );
  void ended.then((text) => {
    if (stopping === undefined) say(`${text} Stopping the rest.\n${program.lastWords?.() ?? ''}`);
    return end(1);
  });
  return JSON.parse(line) as T;
}

function end(code: number): Promise<void> {
  stopping ??= (async () => {
    process.exitCode = code;
    // The console first: its connectors may still talk to the simulator.
    for (const program of running.toReversed()) await program.stop();
    process.exit(code);
  })();
  return stopping;
}

function block({ console, signIn, baseUrl, apiKey, simulatorAdmin }: Ready): string {
  return `
  BatonKit is running at ${console}

  1  Sign in (works once, for an hour)
     ${signIn}

  2  Integrations > Connectors > Add connector > Runlayer; then Settings > Edit, and paste

     Base URL  ${baseUrl}
     API key   ${apiKey}

  3  Promote or demote somebody in the simulated tenant, then Sync now
     ${simulatorAdmin}

  Ctrl-C stops everything. Data stays for the next start.

`;
}

type Options = NonNullable<ReturnType<typeof parse>>;

function readOptions(): Options {
  let values: Options;
  try {
    values = parse();
    if (values.port !== undefined && !/^\d{1,5}$/.test(values.port)) throw new Error('--port needs a number.');
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return process.exit(2);
  }
  if (values.help === true) {
    process.stdout.write(HELP);
    return process.exit(0);
  }
  return values;
}

function parse() {
  return parseArgs({
    options: {
      data: { type: 'string' },
      port: { type: 'string' },
      users: { type: 'string' },
      seed: { type: 'string' },
      behaviour: { type: 'string', multiple: true },
      'ready-json': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  }).values;
}
