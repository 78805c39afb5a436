/**
 * How Node is started for a program that holds little at a time: it would keep twice the memory otherwise, as room that
 * nobody needs. They are no limits. They work in full only from the start of a process (ADR 29).
 * `gc` is for a service that waits.
 */
export const sparingStart = {
  options: ['--min-semi-space-size=4', '--max-semi-space-size=4', '--heap-growing-percent=50', '--expose-gc'],
  /** One pool of memory for all threads instead of one each; what is large, or free at its end, goes back to the system. */
  variables: { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' },
} as const;
