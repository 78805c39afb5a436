import { API_PREFIX, EVENTS_PATH, LiveEvent } from '@batonkit/console-contract';

export interface LiveEvents {
  /** Something changed: read it again. */
  onChange(event: LiveEvent): void;
  /** The connection is there (again); what happened while it was not is not told. */
  onOpen(): void;
  /** It is gone, and is being tried again. */
  onLost(): void;
  /** It was refused: what is read now says why, be it a session that is over. */
  onRefused(): void;
}

/** The browser does not try a refused connection again: what stands before a console may refuse while that starts. */
const PAUSE_MS = 5000;

/** Listens to the console until the signal, and connects again whenever that ends. */
export function listen(to: LiveEvents, signal: AbortSignal): void {
  const source = new EventSource(API_PREFIX + EVENTS_PATH);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    source.close();
    clearTimeout(timer);
  };
  signal.addEventListener('abort', end, { once: true });
  source.addEventListener('open', () => to.onOpen());
  source.addEventListener('error', () => {
    to.onLost();
    if (source.readyState !== EventSource.CLOSED) return;
    to.onRefused();
    timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      listen(to, signal);
    }, PAUSE_MS);
  });
  source.addEventListener('change', ({ data }: MessageEvent<string>) => {
    const event = LiveEvent.safeParse(parsed(data));
    // A change that this page cannot read is still a change.
    if (event.success) to.onChange(event.data);
    else to.onOpen();
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
