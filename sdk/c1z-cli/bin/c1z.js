#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// Plain JavaScript, so that an older Node can say what is missing instead of failing to parse.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    'c1z runs on Node 24 or newer; this is Node ' +
      process.versions.node +
      '.\nInside the clone, start it with npx c1z, which brings its own Node; elsewhere install Node 24.\n',
  );
  process.exit(1);
}
// What was compiled once is kept beside the packages it was made of: half of the start is compiling.
module.enableCompileCache?.(fileURLToPath(new URL('../../../node_modules/.cache/compile', import.meta.url)));
const { joinedSources } = await import('@batonkit/kernel/joined-sources');
await import(joinedSources('c1z') ?? '../src/main.ts');
