import { API_PREFIX, EVENTS_PATH, LiveEvent } from '@batonkit/console-contract';

export interface LiveEvents {
  /** Something changed: read it again. */
  onChange(event: LiveEvent): void;
  /** The connection is there (again); what happened while it was not is not told. */
  onOpen(): void;
  /** It is gone, and is being tried again. */
  onLost(): void;
}

/** Listens to the console until the signal; the browser connects again by itself. */
export function listen(to: LiveEvents, signal: AbortSignal): void {
  const source = new EventSource(API_PREFIX + EVENTS_PATH);
  signal.addEventListener('abort', () => source.close(), { once: true });
  source.addEventListener('open', () => to.onOpen());
  source.addEventListener('error', () => {
    // One that was refused is not tried again; what is read then says why by itself.
    if (source.readyState === EventSource.CLOSED) to.onOpen();
    else to.onLost();
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
