/** A controller that aborts when any of its signals does, and lets go of them when disposed. */
export interface LinkedAbort extends Disposable {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

/**
 * Links signals. Unlike `AbortSignal.any` it also has its own `abort`, and its listeners are gone when
 * the scope ends: a service that lives for months must not collect them on its one shutdown signal.
 *
 *     using linked = linkAbort(shutdown, request.signal);
 */
export function linkAbort(...signals: (AbortSignal | undefined)[]): LinkedAbort {
  const controller = new AbortController();
  const removers: (() => void)[] = [];
  for (const signal of signals) {
    if (signal === undefined) continue;
    if (signal.aborted) {
      controller.abort(signal.reason);
      break;
    }
    const listener = (): void => controller.abort(signal.reason);
    signal.addEventListener('abort', listener, { once: true });
    removers.push(() => signal.removeEventListener('abort', listener));
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]: () => {
      for (const remove of removers) remove();
    },
  };
}
