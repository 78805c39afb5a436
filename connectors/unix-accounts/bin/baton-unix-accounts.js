#!/usr/bin/env node
// Plain JavaScript, so that an older Node can say what is missing instead of failing to parse.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    'baton-unix-accounts runs on Node 24 or newer; this is Node ' +
      process.versions.node +
      '.\nInstall Node 24 or newer.\n',
  );
  process.exit(1);
}
await import('./main.ts');
