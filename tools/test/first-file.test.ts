import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sparingStart } from '@batonkit/kernel/sparing-start';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const programs = globSync('connectors/*/bin/*.js', { cwd: root });

test('every connector has its first file', () => {
  expect(programs).toHaveLength(globSync('connectors/*/package.json', { cwd: root }).length);
});

describe.each(programs)('%s', (path) => {
  const program = `${root}${path}`;

  test('its first line asks for what each system can give: the env of BusyBox takes no arguments', () => {
    expect(readFileSync(program, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
  });

  test.skipIf(process.platform === 'win32')('it starts itself with what spares memory', () => {
    const tell = `data:text/javascript,process.on('exit',()=>console.log(JSON.stringify(process.execArgv)))`;
    const args = ['--import', tell, program, '--no-such-flag'];
    const { stdout, status } = spawnSync(process.execPath, args, { env: {}, encoding: 'utf8' });
    expect(status).not.toBe(0);
    const said = stdout.trim().split('\n');
    expect(said.map((line) => JSON.parse(line) as unknown)).toContainEqual(['--import', tell, ...sparingStart.options]);
  });
});
