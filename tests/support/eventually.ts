const LIMIT_MS = 60_000;

/** Asks until it is so, and gives up long before the limit of a test, which would not say what was seen. */
export async function eventually(isSo: () => boolean | Promise<boolean>, seen: () => unknown): Promise<void> {
  const until = performance.now() + LIMIT_MS;
  while (!(await isSo())) {
    if (performance.now() > until) throw new Error(`not within ${LIMIT_MS / 1000} s; seen: ${String(seen())}`);
    await new Promise(setImmediate);
  }
}
