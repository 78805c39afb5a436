// `npm test`: every test a clean machine can run. What needs a capability that is not here (chromium)
// is skipped by name; `.ci/run` installs everything and skips nothing.
import { startVitest } from 'vitest/node';
import { ClosingLine } from './closing-line.ts';

const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const closing = new ClosingLine();
const vitest = await startVitest('test', filters, { run: true, watch: false, reporters: ['default', closing] });
await vitest.close();
process.stdout.write(`${closing.line()}\n`);
process.exit(closing.failed > 0 ? 1 : 0);
