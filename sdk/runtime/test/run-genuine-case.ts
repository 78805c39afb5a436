import { EventEmitter } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { systemRandom } from '@batonkit/kernel';
import { runConnector } from '../src/index.ts';
import { genuineTwin } from './genuine-twin.ts';
import { startTargetApi } from './target-api.ts';

export interface GenuineResult {
  exit: number | null;
  exits_seen?: Record<string, number>;
  ended_by_signal?: string;
  still_running_after_s?: number;
  /** `help`, `json`, `script`, `lines`, or the text; absent: nothing was printed. */
  stdout?: string;
  stderr: boolean;
  /** The first request, whose query is the settings in force. */
  me?: string;
  requests: number;
  help?: string;
  json?: string;
  candidates?: string[];
  left?: string[];
  given_file_unchanged?: Record<string, boolean>;
}

export interface GenuineCase {
  name: string;
  program: 'baton-oracle' | 'baton-oracle-rules';
  args: string[];
  env?: Record<string, string>;
  files?: Record<string, string | { copy_of?: string; made_by?: string }>;
  directories?: string[];
  stdin?: string;
  stdin_left_open?: boolean;
  tty?: boolean;
  target_api?: string;
  signals?: { when?: string; wait?: number; signal: NodeJS.Signals }[];
  result: GenuineResult;
}

export interface Seen {
  exit: number;
  stdout: string;
  stderr: string;
  me: string | undefined;
  requests: string[];
  /** By name: whether a file that was there before is still the same. */
  unchanged: Record<string, boolean>;
  hasFile: (name: string) => boolean;
}

class Text extends Writable {
  text = '';
  readonly isTTY: boolean;
  written: () => void = () => {};

  constructor(isTTY = false) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    this.written();
    done();
  }
}

const fixtures = fileURLToPath(new URL('../../../tests/', import.meta.url));

/** Runs one case of the recording in this process, in a folder of its own; signals come when the recording says. */
export async function runGenuineCase(one: GenuineCase): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'genuine-'));
  const before = process.cwd();
  await using target = await startTargetApi(one.target_api);
  await using closed = await closedPort();
  const fill = (text: string): string =>
    text
      .replaceAll('<port>', String(target.port))
      .replaceAll('<closed-port>', String(closed.port))
      .replaceAll('<cwd>', folder);
  const given = new Map<string, Buffer>();
  for (const name of one.directories ?? []) mkdirSync(join(folder, name), { recursive: true });
  for (const [name, content] of Object.entries(one.files ?? {})) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (typeof content === 'string') writeFileSync(path, fill(content));
    else if (content.copy_of !== undefined) copyFileSync(join(fixtures, content.copy_of), path);
    if (existsSync(path)) given.set(name, readFileSync(path));
  }
  const stdout = new Text(one.tty);
  const stderr = new Text();
  const signals = new EventEmitter();
  // A service that cannot reach C1 tries for ever: once it has said so, it is stopped.
  stderr.written = () => {
    if (stderr.text.includes('the first Hello; it is tried again')) signals.emit('SIGINT');
  };
  for (const { when, signal } of one.signals ?? []) {
    // A wait means the pauses between tries, which are none here.
    target.asked = (path) => {
      if (path.includes(when ?? '/users')) signals.emit(signal);
    };
  }
  process.chdir(folder);
  try {
    const exit = await runConnector(genuineTwin(one.program), {
      argv: one.args.map(fill),
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        TZ: 'UTC',
        ...Object.fromEntries(Object.entries(one.env ?? {}).map(([name, value]) => [name, fill(value)])),
      },
      stdin:
        one.stdin_left_open === true ? leftOpen(one.stdin) : Readable.from(one.stdin ? [Buffer.from(one.stdin)] : []),
      stdout,
      stderr,
      signals,
      // Pauses between tries are random parts of a length; none of it is enough.
      random: { ...systemRandom, bytes: systemRandom.bytes.bind(systemRandom), float: () => 0 },
    });
    return {
      exit,
      stdout: stdout.text,
      stderr: stderr.text,
      me: target.requests.find((path) => path.startsWith('/me')),
      requests: target.requests,
      unchanged: Object.fromEntries(
        [...given].map(([name, bytes]) => {
          const path = join(folder, name);
          return [name, existsSync(path) && readFileSync(path).equals(bytes)];
        }),
      ),
      hasFile: (
        (names: Set<string>) => (name: string) =>
          names.has(name)
      )(new Set(['sync.c1z', 'out.c1z', 'out', 'run.log'].filter((name) => existsSync(join(folder, name))))),
    };
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  }
}

function leftOpen(text = ''): Readable {
  const stream = new Readable({ read: () => {} });
  if (text !== '') stream.push(text);
  return stream;
}

/** A port at which nobody listens. */
async function closedPort(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return { port, [Symbol.asyncDispose]: () => Promise.resolve() };
}
