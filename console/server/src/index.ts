export { startConsole } from './start-console.ts';
export type { Console, ConsoleOptions } from './start-console.ts';
export { programAt } from './catalogue/program.ts';
export type { Program } from './catalogue/program.ts';
