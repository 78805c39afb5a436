import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { LiveEvent } from '@batonkit/console-contract';
import type { Clock } from '@batonkit/kernel';
import type { Events } from '../events.ts';

const HEARTBEAT = 15_000;

export interface LiveEventOptions {
  events: Events;
  clock: Clock;
  /** Whether whom it was opened for may still listen. */
  isSignedIn: () => Promise<boolean>;
  stopping: AbortSignal;
}

/**
 * Server-sent events: only what changed. Several changes of one thing in a row are told once. Ends with the session
 * that it was opened with.
 */
export function liveEvents(context: Context, { events, clock, isSignedIn, stopping }: LiveEventOptions): Response {
  context.header('cache-control', 'no-store');
  context.header('x-accel-buffering', 'no');
  return streamSSE(context, async (stream) => {
    const waiting = new Map<string, LiveEvent>();
    let wake = (): void => {};
    using _subscription = events.subscribe((event) => {
      waiting.set(`${event.topic} ${event.id}`, event);
      wake();
    });
    const ended = new AbortController();
    const end = (): void => {
      ended.abort();
      wake();
    };
    // When the console stops, the database may be gone before the stream is.
    const mayListen = async (): Promise<boolean> => !ended.signal.aborted && (await isSignedIn().catch(() => false));
    stream.onAbort(end);
    stopping.addEventListener('abort', end, { once: true });
    try {
      await stream.writeSSE({ event: 'ready', data: '' });
      while (!ended.signal.aborted && !stopping.aborted) {
        if (waiting.size === 0) {
          const changed = new Promise<void>((resolve) => (wake = resolve));
          const beat = new AbortController();
          await Promise.race([changed, clock.sleep(HEARTBEAT, beat.signal).catch(() => undefined)]);
          beat.abort();
        }
        if (!(await mayListen())) return;
        if (waiting.size === 0) await stream.write(': still here\n\n');
        for (const [key, event] of waiting) {
          if (!(await mayListen())) return;
          waiting.delete(key);
          await stream.writeSSE({ event: 'change', data: JSON.stringify(event) });
        }
      }
    } finally {
      stopping.removeEventListener('abort', end);
    }
  });
}
