import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { sparingStart } from '@batonkit/kernel/sparing-start';

/** What only prints is over sooner than a second start, and needs little. */
const BRIEF = new Set([
  '-h',
  '--help',
  'help',
  '-v',
  '--version',
  'capabilities',
  'config',
  'completion',
  'health-check',
]);
/** Their parents hand them descriptors, which a second start closes. */
const HANDED = new Set(['_connector-service', '--hosted']);
/** What has some effect in a process that runs already: its young heap stays as small as it is. */
const LATE = ['--heap-growing-percent=50', '--semi-space-growth-factor=1', '--max-semi-space-size=8'];

type Started = Pick<NodeJS.Process, 'argv' | 'argv0' | 'connected' | 'env' | 'execArgv' | 'execPath' | 'execve'>;

/**
 * Starts this process once more with what spares memory (ADR 29); pid, parent and standard streams stay the same.
 * What the user has set is left as it is. Where that cannot be, the process goes on with what can still be set.
 *
 * @param isMain whether the program's first file is what Node was asked to run
 */
export function startSparingly(started: Started, isMain: boolean): void {
  const { argv, argv0, env, execArgv, execPath } = started;
  const words = argv.slice(2);
  if (words.some((word) => BRIEF.has(word))) return;
  const given = new Set([...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(' ')].map(nameOf));
  const missing = sparingStart.options.filter((option) => !given.has(nameOf(option)));
  // The second start has it, whatever Node made of the options: there is no third.
  if (isMain && env['MALLOC_ARENA_MAX'] === undefined && !keepsDescriptors(started)) {
    try {
      // A start that fails ends the process, as with a path that is gone.
      accessSync(execPath, constants.X_OK);
      const file = argv.slice(1);
      if (started.execve !== undefined && mayStart(execPath))
        started.execve(execPath, [argv0, ...execArgv, ...missing, ...file], { ...sparingStart.variables, ...env });
    } catch {
      // Windows has no such call, and Node's permissions may forbid it.
    }
  }
  if (missing.length === sparingStart.options.length) for (const option of LATE) setFlagsFromString(option);
}

/** Whether a process may be started at all. Where the kernel filters calls, as in containers, a child finds it out. */
function mayStart(execPath: string): boolean {
  if (process.platform !== 'linux') return true;
  const isFiltered = !/^Seccomp:\s*0$/m.test(readFileSync('/proc/self/status', 'utf8'));
  return !isFiltered || spawnSync(execPath, ['--version'], { stdio: 'ignore', timeout: 5000 }).status === 0;
}

/** Node lets no descriptor above 2 live through a second start: neither one of a parent nor one of a shell's `<(…)`. */
function keepsDescriptors({ argv, connected, env }: Started): boolean {
  const texts = [...argv, ...Object.values(env)];
  return connected || argv.some((word) => HANDED.has(word)) || texts.some((text) => text?.includes('/fd/'));
}

const nameOf = (option: string): string => option.split('=', 1)[0]?.replaceAll('_', '-') ?? '';
