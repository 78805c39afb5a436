// `npm test`: every test a clean machine can run. What needs a program that is not here (chromium, zstd,
// sqlite3) is skipped by name. With --no-skips, as in `.ci/run`, a skipped test is a failed one, but for
// what needs a right that no script can give itself (ADR 31).
// There the samples of tests/proof are whole, too.
// Drawn samples are the same each time, as a red run must mean a change; --seed=N draws others.
import { startVitest } from 'vitest/node';
import { ClosingLine } from './closing-line.ts';
import { joinSources } from './join-sources.ts';

const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const seed = process.argv.find((argument) => argument.startsWith('--seed='))?.slice('--seed='.length) ?? '1';
process.env['BATONKIT_SEED'] = seed;
const isWhole = process.argv.includes('--no-skips');
if (isWhole) process.env['BATONKIT_SAMPLE'] = 'whole';
const closing = new ClosingLine({ skipsFail: isWhole });
await joinSources((text) => process.stderr.write(text));
const vitest = await startVitest('test', filters, { run: true, watch: false, reporters: ['default', closing] });
await vitest.close();
process.stdout.write(`Samples were drawn with --seed=${seed}.\n${closing.report()}\n`);
process.exit(closing.failed > 0 ? 1 : 0);
