import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { sparingStart } from '@batonkit/kernel/sparing-start';
import { describe, expect, test } from 'vitest';

const program = fileURLToPath(new URL('fixture-started.js', import.meta.url));
const filter = fileURLToPath(new URL('one-exec.pl', import.meta.url));
/** Needs perl, and a kernel that takes filters. */
const hasFilter =
  process.platform === 'linux' && spawnSync('perl', [filter, process.execPath, '--version']).status === 0;
const all = [...sparingStart.options];
const { MALLOC_ARENA_MAX: arenas } = sparingStart.variables;

interface Start {
  /** What starts Node. */
  by?: string[];
  options?: string[];
  words?: string[];
  env?: Record<string, string>;
  hasChannel?: boolean;
  file?: string[];
}

/** What the program says of itself, and whether it is the process that was started. */
async function start({ by = [], options = [], words = [], env = {}, hasChannel = false, file = [program] }: Start) {
  const [command, ...before] = [...by, process.execPath];
  const child = spawn(command, [...before, ...options, ...file, ...words], {
    env,
    stdio: ['pipe', 'pipe', 'pipe', ...(hasChannel ? ['ipc' as const] : [])],
  });
  child.stdin?.end('said before');
  const closed = once(child, 'close');
  const [out, errors] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  expect(await closed).toEqual([0, null]);
  expect(errors).toBe('');
  const { pid, ...said } = JSON.parse(out) as { pid: number };
  expect(pid).toBe(child.pid);
  return said;
}

const as = (more: object) => ({ words: [], execArgv: [], connected: false, stdin: 'said before', ...more });

describe.skipIf(process.platform === 'win32')('a program that spares memory', () => {
  test('starts itself once more, as the same process with the same words, options, variables and input', async () => {
    const words = ['--file', 'a b.c1z', '', '--', 'x'];
    expect(await start({ options: ['--no-warnings'], words })).toEqual(
      as({ words, execArgv: ['--no-warnings', ...all], arenas }),
    );
  });

  test.each([
    [
      'an option of Node',
      { options: ['--max_semi_space_size=16'] },
      ['--max_semi_space_size=16', all[0], all[2], all[3]],
    ],
    ['NODE_OPTIONS', { env: { NODE_OPTIONS: '--max-semi-space-size=16' } }, [all[0], all[2], all[3]]],
  ])('leaves what the user set by %s', async (_, given, execArgv) => {
    expect(await start(given)).toEqual(as({ execArgv, arenas }));
  });

  // Node would abort when the start fails.
  test.skipIf(!hasFilter)('goes on as it is where the kernel forbids to start anything', async () => {
    expect(await start({ by: ['perl', filter], words: ['--file', 'a'] })).toEqual(as({ words: ['--file', 'a'] }));
  });

  test.each<[string, Start, object?]>([
    ['it only prints', { words: ['--log-level', 'warn', 'capabilities'] }],
    ['it is the child of a stock parent', { words: ['_connector-service'] }],
    ['it is hosted', { words: ['--hosted'] }],
    ['a shell hands it a descriptor', { words: ['--certificate-key', '/dev/fd/63'] }],
    ['a variable names a descriptor', { env: { BATON_API_KEY_FILE: '/proc/self/fd/5' } }],
    ['the user chose how many pools of memory there are', { env: { MALLOC_ARENA_MAX: '2' } }, { arenas: '2' }],
    ['its parent speaks with it', { hasChannel: true }, { connected: true }],
    [
      'another program imports it',
      { file: ['--input-type=module', '-e', `await import(${JSON.stringify(program)})`] },
      { execArgv: ['--input-type=module', '-e', `await import(${JSON.stringify(program)})`] },
    ],
  ])('does not when %s', async (_, given, said = {}) => {
    const expected = as({ words: given.words ?? [], ...said });
    expect(await start(given)).toEqual(expected);
  });
});
