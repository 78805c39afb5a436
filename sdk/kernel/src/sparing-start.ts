/**
 * How Node is started for a program that holds little at a time: it would keep twice the memory otherwise, as room that
 * nobody needs. They are no limits. They work in full only from the start of a process (ADR 29).
 */
export const sparingStart = {
  options: ['--min-semi-space-size=2', '--max-semi-space-size=2', '--heap-growing-percent=50'],
  /** One pool of memory for all threads instead of one each. */
  variables: { MALLOC_ARENA_MAX: '1' },
} as const;
