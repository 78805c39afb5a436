import { spawn } from 'node:child_process';
import { basename, delimiter, dirname, extname, resolve } from 'node:path';
import { sparingStart } from '@batonkit/kernel/sparing-start';
import type { DataDirectory } from '../data/data-directory.ts';
import { fail } from '../errors.ts';

/** A connector's program, as given on the command line. */
export interface Program {
  /** For messages and logs; never the whole path. */
  name: string;
  file: string;
  args: string[];
}

const SCRIPTS = new Set(['.js', '.mjs', '.ts']);
const LIMIT = 4 * 1024 * 1024;
/** A machine that is busy starts three programs at once in half a minute. */
const TIME = 90_000;

/** Scripts run under this process's own Node, everything else as it is. */
export function programAt(path: string): Program {
  const full = resolve(path);
  const name = basename(path).replace(/\.(m?js|ts)$/, '');
  return SCRIPTS.has(extname(path))
    ? { name, file: process.execPath, args: [...sparingStart.options, full] }
    : { name, file: full, args: [] };
}

/** The least that a program needs; nothing of the console's own environment goes to a child. */
export function bareEnvironment(home: string): Record<string, string> {
  return {
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    HOME: home,
    TMPDIR: home,
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    // A hosted program has descriptors of its parent, and cannot start itself anew.
    ...sparingStart.variables,
  };
}

/**
 * What a program prints for a subcommand that needs no configuration.
 *
 * @throws BatonError `BK-CATALOG`
 */
export async function printOf(program: Program, args: string[], data: DataDirectory): Promise<string> {
  const failed = (reason: string) => fail('BK-CATALOG', { program: program.name, reason });
  return new Promise((settle, reject) => {
    const child = spawn(program.file, [...program.args, ...args], {
      env: bareEnvironment(data.root),
      cwd: data.root,
      stdio: ['ignore', 'pipe', 'ignore'],
      signal: AbortSignal.timeout(TIME),
      killSignal: 'SIGKILL',
    });
    const parts: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (part: Buffer) => {
      size += part.length;
      if (size > LIMIT) child.kill('SIGKILL');
      else parts.push(part);
    });
    child.once('error', (error) => {
      reject(
        failed(
          error.name === 'AbortError'
            ? `It did not answer "${args.join(' ')}" within ${TIME / 1000} seconds.`
            : 'It could not be started.',
        ),
      );
    });
    child.once('close', (code) => {
      if (code === 0) settle(Buffer.concat(parts).toString('utf8'));
      else reject(failed(`Asked for "${args.join(' ')}" it ended with exit code ${code ?? 'none'}.`));
    });
  });
}
