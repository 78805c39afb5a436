import type { LiveEvent } from '@batonkit/console-contract';

/** Says *what* changed to whoever listens in this process; never what it changed to. */
export interface Events {
  publish(event: LiveEvent): void;
  subscribe(listener: (event: LiveEvent) => void): Disposable;
}

export function createEvents(): Events {
  const listeners = new Set<(event: LiveEvent) => void>();
  return {
    publish: (event) => {
      for (const listener of listeners) listener(event);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
  };
}
