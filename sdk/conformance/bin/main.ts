import { runConformance } from '../src/index.ts';

const { argv, env, stdout, stderr } = process;
process.exitCode = await runConformance({ argv: argv.slice(2), stdout, stderr, searchPath: env['PATH'] });
