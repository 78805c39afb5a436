import { runConnector } from '@batonkit/runtime';
import { runlayer } from '../src/index.ts';

const { argv, env, stdin, stdout, stderr } = process;
process.exitCode = await runConnector(runlayer, { argv: argv.slice(2), env, stdin, stdout, stderr, signals: process });
