import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the first line of the program asks for what each system can give: the env of BusyBox takes no arguments', () => {
  const program = fileURLToPath(new URL('../bin/baton-runlayer.js', import.meta.url));
  expect(readFileSync(program, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
});
