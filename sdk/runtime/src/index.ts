export { runConnector } from './run-connector.ts';
export type { RunOptions } from './run-connector.ts';
