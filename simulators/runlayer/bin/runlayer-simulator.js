#!/usr/bin/env node
// Plain JavaScript, so that an older Node can say what is missing instead of failing to parse.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    'runlayer-simulator runs on Node 24 or newer; this is Node ' +
      process.versions.node +
      '.\nInside the clone, start it with npx runlayer-simulator, which brings its own Node; elsewhere install Node 24.\n',
  );
  process.exit(1);
}
await import('../src/main.ts');
