export { runConnector } from './run-connector.ts';
export type { RunOptions } from './program.ts';
