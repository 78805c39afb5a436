import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectorProgram } from './console.ts';
import { runProgram, type Result } from './program.ts';

export interface TerminalRun extends Result {
  /** Standard error without its line breaks, which depend on the width. */
  said: string;
  /** What lies in the directory afterwards. */
  files: string[];
}

/** `baton-runlayer` as somebody runs it, with the settings in its environment, in an empty directory. */
export async function runInTerminal(settings: Record<string, string>): Promise<TerminalRun> {
  const directory = mkdtempSync(join(tmpdir(), 'terminal-'));
  try {
    const variables = Object.entries(settings)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [`BATON_${name.toUpperCase().replaceAll('-', '_')}`, value]);
    const result = await runProgram(
      [connectorProgram],
      { PATH: process.env['PATH'] ?? '', HOME: directory, ...Object.fromEntries(variables) },
      directory,
    );
    return { ...result, said: result.errors.replaceAll(/\s+/g, ' '), files: readdirSync(directory) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
