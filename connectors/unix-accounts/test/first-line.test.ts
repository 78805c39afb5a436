import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sparingStart } from '@batonkit/kernel/sparing-start';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('../bin/baton-unix-accounts.js', import.meta.url));

test('the first line of the program asks for what each system can give: the env of BusyBox takes no arguments', () => {
  expect(readFileSync(program, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
});

test.skipIf(process.platform === 'win32')('the program starts itself with what spares memory', () => {
  const tell = `data:text/javascript,process.on('exit',()=>console.log(JSON.stringify(process.execArgv)))`;
  const args = ['--import', tell, program, '--no-such-flag'];
  const { stdout, status } = spawnSync(process.execPath, args, { env: {}, encoding: 'utf8' });
  expect(status).not.toBe(0);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toContainEqual(['--import', tell, ...sparingStart.options]);
});
