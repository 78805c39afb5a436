export * from './common.ts';
export * from './session.ts';
export * from './catalog.ts';
export * from './connector.ts';
export * from './app.ts';
export * from './events.ts';
export { operations } from './operations.ts';
export type { FileName, Operation, OperationName } from './operations.ts';
/** Where all operations live. */
export const API_PREFIX = '/api/v1';
