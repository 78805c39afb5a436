import { configureGlobal } from 'fast-check';

/** What `npm test` draws its samples with; a single file run by hand draws others each time. */
const seed = process.env['BATONKIT_SEED'];
if (seed !== undefined) configureGlobal({ seed: Number(seed) });
