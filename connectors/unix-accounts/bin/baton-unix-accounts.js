#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// Plain JavaScript, so that an older Node can say what is missing instead of failing to parse.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    'baton-unix-accounts runs on Node 24 or newer; this is Node ' +
      process.versions.node +
      '.\nInstall Node 24 or newer.\n',
  );
  process.exit(1);
}
// What was compiled once is kept beside the packages it was made of: half of the start is compiling.
module.enableCompileCache?.(fileURLToPath(new URL('../../../node_modules/.cache/compile', import.meta.url)));
const { startSparingly } = await import('@batonkit/runtime/start-sparingly');
startSparingly(process, import.meta.main);
const { joinedSources } = await import('@batonkit/kernel/joined-sources');
await import(joinedSources('baton-unix-accounts') ?? './main.ts');
