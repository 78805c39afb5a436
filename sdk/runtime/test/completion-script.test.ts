import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { runHere } from './run-here.ts';

const script = async (shell: string): Promise<string> => (await runHere(['completion', shell])).stdout;

/** What bash would offer for the last of these words. */
function offered(bash: string, ...words: string[]): string[] {
  const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _baton_fixture; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', `${bash}\n${ask}`, 'bash', ...words], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

test.skipIf(process.platform === 'win32')(
  'bash is offered commands, and the flags of the command at hand',
  async () => {
    const bash = await script('bash');
    expect(offered(bash, 'baton-fixture', 'co')).toEqual(['completion', 'config']);
    expect(offered(bash, 'baton-fixture', '--log-f')).toEqual(['--log-format']);
    expect(offered(bash, 'baton-fixture', 'health-check', '--end')).toEqual(['--endpoint']);
    expect(offered(bash, 'baton-fixture', '--end')).toEqual([]);
    expect(offered(bash, 'baton-fixture', '--file', 'co')).toEqual([]);
  },
);

test('zsh finds the program in the first line, and the script completes also when it is loaded as a function', async () => {
  const zsh = await script('zsh');
  expect(zsh.split('\n')[0]).toBe('#compdef baton-fixture');
  expect(zsh).toMatch(
    /== _baton-fixture \]\]; then\n {2}_baton_fixture "\$@"\nelse\n {2}compdef _baton_fixture baton-fixture\nfi\n$/,
  );
});
