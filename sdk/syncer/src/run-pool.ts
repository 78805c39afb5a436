/**
 * Works on what `next` gives, up to `workers` at a time, until it gives nothing and nothing is being worked on. The
 * first failure stops the rest through `stop` and is thrown once all have ended.
 */
export async function runPool<T>(
  workers: number,
  next: () => Promise<T | undefined>,
  work: (item: T) => Promise<void>,
  stop: (reason: unknown) => void,
): Promise<void> {
  let failure: { error: unknown } | undefined;
  const worker = async (): Promise<number> => {
    for (let done = 0; ; done += 1) {
      if (failure !== undefined) return done;
      try {
        const item = await next();
        if (item === undefined) return done;
        await work(item);
      } catch (error) {
        if (failure === undefined) {
          failure = { error };
          stop(error);
        }
        return done;
      }
    }
  };
  // Work may make more work after other workers have gone home: they come back until a round finds nothing.
  for (;;) {
    const done = await Promise.all(Array.from({ length: workers }, worker));
    if (failure !== undefined) throw (failure as { error: unknown }).error;
    if (done.every((count) => count === 0)) return;
  }
}
