export { runC1z } from './run-c1z.ts';
export type { Output, RunOptions } from './run-c1z.ts';
export { verifyFile } from './verify/verify-file.ts';
export type { Check, Verification } from './verify/verify-file.ts';
