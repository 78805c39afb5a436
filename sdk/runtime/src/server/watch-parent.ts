import type { Readable } from 'node:stream';
import { fail } from '../errors.ts';

/** A parent process, as its child sees it: a pipe. */
export interface Parent extends Disposable {
  /** The first line, without its end; never settles when the pipe ends before it does. */
  line: Promise<string>;
  /** Settles when the pipe ends: the parent is gone. Not after a byte behind the line, as in a genuine child (recorded). */
  gone: Promise<void>;
}

/** As much as the genuine reader takes. */
const longestLine = 64 * 1024;

/** Reads the one line that a parent writes, then waits for its end (protocol: runtime.md 2.1). */
export function watchParent(stdin: Readable): Parent {
  const line = Promise.withResolvers<string>();
  const gone = Promise.withResolvers<void>();
  let isRead = false;
  let text = '';
  const onData = (chunk: Buffer | string): void => {
    if (isRead) {
      stdin.off('end', gone.resolve).off('close', gone.resolve).off('error', gone.resolve);
      stdin.on('error', () => {});
      return;
    }
    text += chunk.toString('latin1' as BufferEncoding);
    const end = text.indexOf('\n');
    if (end >= 0 ? end > longestLine : text.length > longestLine)
      line.reject(fail('BK-CHILD', { what: 'the line on standard input is too long' }));
    else if (end >= 0) line.resolve(text.slice(0, end).replace(/\r$/, ''));
    isRead = end >= 0;
  };
  stdin.on('data', onData).on('end', gone.resolve).on('close', gone.resolve).on('error', gone.resolve);
  // Whoever waits for both learns of it there.
  line.promise.catch(() => {});
  return {
    line: line.promise,
    gone: gone.promise,
    [Symbol.dispose]: () => {
      stdin.off('data', onData).destroy();
    },
  };
}
