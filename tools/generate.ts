// `npm run generate`: sdk/protocol/src/gen from proto/, and the files beside each connector. Offline; `proto/` is a buf
// module of its own.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const { status } = spawnSync(`${root}node_modules/.bin/buf`, ['generate', ...process.argv.slice(2)], {
  cwd: `${root}proto`,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);

// After the messages, of which they are made.
const [{ connectorFiles }, { connectors }] = await Promise.all([
  import('@batonkit/runtime/connector-files'),
  import('./connector-files.ts'),
]);
for (const [folder, definition] of Object.entries(connectors)) {
  for (const [name, text] of Object.entries(connectorFiles(definition))) {
    const path = `${root}${folder}/${name}`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
