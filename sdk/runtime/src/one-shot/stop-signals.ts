import type { Readable } from 'node:stream';
import { fail } from '../errors.ts';

/** Where signals arrive; `process` is one. */
export interface SignalSource {
  on(name: NodeJS.Signals, listener: () => void): unknown;
  off(name: NodeJS.Signals, listener: () => void): unknown;
}

export interface Stop extends Disposable {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
}

/**
 * Aborts on SIGINT, SIGTERM and SIGHUP, and, for a hosted run, when its control pipe closes: the parent
 * is gone or wants an end. Further signals change nothing, as one Ctrl-C may arrive several times.
 */
export function watchForStop(signals: SignalSource, controlPipe: Readable | undefined): Stop {
  const controller = new AbortController();
  const listeners = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) => {
    const listener = (): void => controller.abort(fail('BK-CANCELED', { by: `the signal ${name}` }));
    signals.on(name, listener);
    return { name, listener };
  });
  const closed = (): void => controller.abort(fail('BK-CANCELED', { by: 'the console' }));
  controlPipe?.on('end', closed).on('close', closed).on('error', closed).resume();
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]: () => {
      for (const { name, listener } of listeners) signals.off(name, listener);
      controlPipe?.off('end', closed).off('close', closed).destroy();
    },
  };
}
