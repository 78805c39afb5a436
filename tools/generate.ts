// `npm run generate`: sdk/protocol/src/gen from proto/. Offline; `proto/` is a buf module of its own.
import { spawnSync } from 'node:child_process';

const root = new URL('..', import.meta.url).pathname;
const { status } = spawnSync(`${root}node_modules/.bin/buf`, ['generate', ...process.argv.slice(2)], {
  cwd: `${root}proto`,
  stdio: 'inherit',
});
process.exit(status ?? 1);
