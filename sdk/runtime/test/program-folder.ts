import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Ended } from './child.ts';
import { run } from './child.ts';
import { runHere } from './run-here.ts';

export const key = 'hunter2-hunter2';
export const url = 'https://x.example';
export const env = { BATON_BASE_URL: url, BATON_API_KEY: key };

/** Each line of what a program says in JSON. */
export const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Where the fixture connector runs: for each test an empty folder, which is gone after it. */
export class ProgramFolder {
  path = '';

  constructor() {
    beforeEach(() => {
      this.path = mkdtempSync(join(tmpdir(), 'program-'));
    });
    afterEach(() => rmSync(this.path, { recursive: true, force: true }));
  }

  readonly sync = (args: string[] = [], more: Record<string, string> = {}) =>
    run(args, { cwd: this.path, env: { ...env, ...more } });

  /** The same in this process, which costs a hundredth. */
  readonly here = (args: string[] = [], more: Record<string, string> = {}) =>
    runHere(args, { ...env, BATON_FILE: join(this.path, 'sync.c1z'), ...more });

  /** No form of the key is in anything that the program put out or left behind. */
  expectNoKey({ stdout, stderr }: Ended): void {
    const left = readdirSync(this.path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    for (const text of [stdout, stderr, ...left]) {
      for (const form of [key, Buffer.from(key).toString('base64'), encodeURIComponent(key)])
        expect(text).not.toContain(form);
    }
  }
}
