export type * from './db.ts';
export type * from './inputs.ts';
export type * from './views.ts';
export * from './pending.ts';
