/**
 * Collects all garbage at once and returns its memory to the system. A service waits most of its life, and what its last
 * task left would stay until there is more: without this it holds a tenth more, and grows with each task. Nothing else
 * runs meanwhile. Does nothing where the program was started without `sparingStart`.
 */
export function giveBackMemory(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
