import { runConnector } from '@batonkit/runtime';
import { unixAccounts } from '../src/index.ts';

const { argv, env, stdin, stdout, stderr } = process;
process.exitCode = await runConnector(unixAccounts, {
  argv: argv.slice(2),
  env,
  stdin,
  stdout,
  stderr,
  signals: process,
});
