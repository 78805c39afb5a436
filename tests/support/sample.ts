/**
 * How large a sample is. With --no-skips, as in `.ci/run`, each is whole; `npm test` takes fewer of the same kind, as
 * the loop has three minutes.
 */
export const isWhole = process.env['BATONKIT_SAMPLE'] === 'whole';
