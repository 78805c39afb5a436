import { runConnector } from '../src/index.ts';
import { fixtureConnector } from './fixture-connector.ts';

const { argv, env, stdin, stdout, stderr } = process;
process.exitCode = await runConnector(fixtureConnector, {
  argv: argv.slice(2),
  env,
  stdin,
  stdout,
  stderr,
  signals: process,
});
