import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildWeb } from '../../tools/start/build-web.ts';
import { chromiumPath } from '../browser/support/chromium.ts';
import { inRepository, startProgram } from './program.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The data of a console that was started once and has nothing in it. */
    freshData: string;
  }
}

/**
 * What all files share, made once before they run side by side: the web app, where somebody can look at it, and the
 * data of a fresh console, as making the embedded database costs more than the rest of a start.
 */
export async function setup(project: TestProject): Promise<() => void> {
  if (chromiumPath !== undefined) await buildWeb(inRepository('.'), () => undefined);
  const freshData = mkdtempSync(join(tmpdir(), 'fresh-data-'));
  const program = await startProgram([
    inRepository('console/server/bin/batonkit-console.js'),
    'serve',
    '--data',
    freshData,
    '--port',
    '0',
    '--connector',
    inRepository('connectors/runlayer/bin/baton-runlayer.js'),
    '--ready-json',
    '--end-with-stdin',
  ]);
  await program.stop();
  project.provide('freshData', freshData);
  return () => rmSync(freshData, { recursive: true, force: true });
}
