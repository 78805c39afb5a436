#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

// Plain JavaScript, so that an older Node can say what is missing instead of failing to parse.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    'baton-runlayer runs on Node 24 or newer; this is Node ' +
      process.versions.node +
      '.\nInside the clone, start it with npx baton-runlayer, which brings its own Node; elsewhere install Node 24.\n',
  );
  process.exit(1);
}
// A run holds little at a time; without these it would keep much more memory, as room that nobody needs. They are no
// limits, and set here and not in the first line, which BusyBox and older systems could not read with arguments.
for (const flag of ['--heap-growing-percent=50', '--semi-space-growth-factor=1', '--max-semi-space-size=8'])
  v8.setFlagsFromString(flag);
// What was compiled once is kept beside the packages it was made of: half of the start is compiling.
module.enableCompileCache?.(fileURLToPath(new URL('../../../node_modules/.cache/compile', import.meta.url)));
await import('./main.ts');
